import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { Database } from '../database/open.ts'
import { openSessions } from '../database/sessions.ts'
import type { Logger } from '../observe/logger.ts'
import { limitAttempts } from './http/attempts.ts'
import type { WorldFile } from './http/download.ts'
import { checkRequest, readPath } from './http/guard.ts'
import { errorBody, HttpError, refuse } from './http/http-error.ts'
import { listen } from './http/listen.ts'
import { createOperatorPages } from './http/operator-pages.ts'
import { createPanelPages, type VerifyPanel } from './http/panel-pages.ts'
import { sendEmpty, sendError, sendFile, setSecurityHeaders } from './http/respond.ts'
import { createRpc } from './http/rpc.ts'
import { createSignInCodes } from './http/sign-in-codes.ts'
import { createSignedIn } from './http/signed-in.ts'
import { loadRendererFiles } from './renderer-files.ts'
import type { PanelRouter, Router } from './router.ts'
import { logUnforeseen } from './rpc-errors.ts'

export interface HttpDoorOptions {
  router: Router
  panelRouter: PanelRouter
  database: Database
  verifyPanel: VerifyPanel
  worldFile: WorldFile
  /** The folder of the built renderer. */
  rendererDir: string
  /** Tried in this order, then any. */
  ports: number[]
  /** The first of `ports` and no other; 0 is any. */
  exactPort?: boolean
  /** True in browser mode: the whole interface; false: the panel pages only. */
  operator: boolean
  logger: Logger
  /** Milliseconds since 1970. */
  now: () => number
}

export interface HttpDoor {
  readonly port: number
  /** `http://127.0.0.1:PORT/` */
  readonly url: string
  /** With a fresh one-time code, good for ten minutes. @throws Error where there is no interface to open */
  signInUrl(): string
  panelUrl(serverId: string): string
  /** Resolves within a second; answers that still stream are cut off. */
  close(): Promise<void>
}

/** How long answers under way may take to end by themselves at the close, in milliseconds. */
const CLOSE_GRACE = 500

/**
 * Opens the door for browsers on 127.0.0.1: plain `node:http`, oRPC's handler behind our own checks.
 *
 * @throws LightNodeError PORT_TAKEN when the exact port can't be had
 */
export async function openHttpDoor(options: HttpDoorOptions): Promise<HttpDoor> {
  const { logger, now, operator } = options
  const server = createServer({
    maxHeaderSize: 16 * 1024,
    headersTimeout: 10_000,
    requestTimeout: 30_000,
    // Left out, Node looks for slow ones twice a minute only, and both limits come to half a minute more.
    connectionsCheckingInterval: 2_000,
  })
  const port = await listen(server, options.ports, options.exactPort ?? false)

  const codes = createSignInCodes(now)
  const files = loadRendererFiles(options.rendererDir)
  const signedIn = createSignedIn(openSessions(options.database, now), port)
  const panelPages = createPanelPages({
    rpc: createRpc(options.panelRouter, logger),
    verifyPanel: options.verifyPanel,
    attempts: limitAttempts(),
    signedIn,
    files,
  })
  const operatorPages = createOperatorPages({
    rpc: createRpc(options.router, logger),
    codes,
    attempts: limitAttempts(),
    signedIn,
    files,
    worldFile: options.worldFile,
  })

  server.on('request', (request, response) => void answer(request, response))
  server.on('clientError', refuseBadHttp)

  const url = `http://127.0.0.1:${port}/`
  return {
    port,
    url,
    signInUrl() {
      if (!operator) throw new Error('only browser mode has an interface to sign in to')
      return `${url}#code=${codes.create()}`
    },
    panelUrl: (serverId) => `${url}panel/${serverId}`,
    close: () => close(),
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const started = now()
    let path = '?'
    response.once('close', () => {
      const { method } = request
      logger.debug({ method, path, status: response.statusCode, ms: now() - started }, 'request')
    })
    try {
      setSecurityHeaders(request, response)
      checkRequest(request, port)
      path = readPath(request)
      await route(request, response, path)
    } catch (error) {
      // Nobody is there to be told.
      if (response.destroyed || response.headersSent) return void response.destroy()
      const headers = error instanceof HttpError ? error.headers : {}
      const envelope = /^(\/panel\/[^/]+)?\/rpc\//.test(request.url ?? '')
      sendError(
        response,
        errorBody(error, (cause) => logUnforeseen(logger, cause)),
        headers,
        envelope,
      )
    }
  }

  async function route(request: IncomingMessage, response: ServerResponse, path: string): Promise<void> {
    const reads = request.method === 'GET' || request.method === 'HEAD'
    const file = reads ? files.file(path) : null
    if (file) return sendFile(response, file)
    // Asked for by every browser, unless the page names its icon.
    if (reads && path === '/favicon.ico') return sendEmpty(response)
    const [, serverId, rest] = /^\/panel\/([A-Za-z0-9_-]{1,64})(\/.*)?$/.exec(path) ?? []
    if (serverId) return panelPages(request, response, serverId, rest ?? '')
    if (operator) return operatorPages(request, response, path)
    throw refuse('NOT_FOUND', 'There is nothing here.')
  }

  function close(): Promise<void> {
    return new Promise((resolve) => {
      const cut = setTimeout(() => server.closeAllConnections(), CLOSE_GRACE)
      server.close(() => {
        clearTimeout(cut)
        resolve()
      })
      server.closeIdleConnections()
    })
  }
}

/** Answers what is no HTTP (or too slow, or too long) without a word about why. */
function refuseBadHttp(error: NodeJS.ErrnoException, socket: Socket): void {
  if (!socket.writable || error.code === 'ECONNRESET') return void socket.destroy()
  const statuses: Record<string, string> = {
    HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large',
    ERR_HTTP_REQUEST_TIMEOUT: '408 Request Timeout',
  }
  const status = statuses[error.code ?? ''] ?? '400 Bad Request'
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
}
