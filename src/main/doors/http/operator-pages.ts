import type { IncomingMessage, ServerResponse } from 'node:http'
import { z } from 'zod'
import type { RendererFiles } from '../renderer-files.ts'
import type { DoorContext } from '../router.ts'
import type { Attempts } from './attempts.ts'
import { sendDownload, type WorldFile } from './download.ts'
import { refuse } from './http-error.ts'
import { readJson, sendEmpty, sendPage } from './respond.ts'
import type { Rpc } from './rpc.ts'
import type { SignInCodes } from './sign-in-codes.ts'
import type { SignedIn } from './signed-in.ts'

const signInSchema = z.strictObject({ code: z.string().max(200) })
const operator = { kind: 'operator' } as const

/** The whole interface for a browser: its pages, signing in with a one-time code, and every call. */
export function createOperatorPages(options: {
  rpc: Rpc<DoorContext>
  codes: SignInCodes
  attempts: Attempts
  signedIn: SignedIn
  files: RendererFiles
  worldFile: WorldFile
}): (request: IncomingMessage, response: ServerResponse, path: string) => Promise<void> {
  const { rpc, codes, attempts, signedIn, files, worldFile } = options

  return async (request, response, path) => {
    if (path.startsWith('/rpc/')) {
      signedIn.require(request, response, operator)
      return rpc(request, response, '/rpc', { actor: 'browser', clipboard: null, saveFile: null })
    }
    if (path === '/session' && request.method === 'POST') return signIn(request, response)
    if (path === '/session' && request.method === 'DELETE') {
      signedIn.end(request, response, operator)
      return sendEmpty(response)
    }
    const [, backupId] = /^\/download\/world\/([A-Za-z0-9_-]{1,64})$/.exec(path) ?? []
    if (backupId && (request.method === 'GET' || request.method === 'HEAD')) {
      signedIn.require(request, response, operator)
      return sendDownload(request, response, worldFile(backupId))
    }
    if (!isPage(request, path)) throw refuse('NOT_FOUND', 'There is nothing here.')
    sendPage(response, (nonce) => files.page('index', nonce))
  }

  async function signIn(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { code } = await readJson(request, signInSchema, 1000)
    if (!codes.redeem(code)) {
      // Only wrong ones count: 128 bits can't be guessed, and nobody's guessing may lock the user out.
      await attempts.count(request.socket.remoteAddress ?? '')
      throw refuse('UNAUTHORIZED', 'This sign-in link has been used or is over ten minutes old.', {
        remedy: 'Start LightNode again in a terminal: it prints a fresh link.',
      })
    }
    signedIn.begin(request, response, operator)
    sendEmpty(response)
  }
}

/** The interface reads the path itself; whatever looks like a file or a call is none of its pages. */
function isPage(request: IncomingMessage, path: string): boolean {
  if (request.method !== 'GET' && request.method !== 'HEAD') return false
  if (path === '/') return true
  const wantsPage = (request.headers.accept ?? '').includes('text/html')
  return wantsPage && !path.includes('.') && !/^\/(rpc|session|panel|assets|download)(\/|$)/.test(path)
}
