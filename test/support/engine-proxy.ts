import { mkdtemp, rm } from 'node:fs/promises'
import {
  createServer,
  type IncomingMessage,
  type RequestOptions,
  request,
  type Server,
  type ServerResponse,
} from 'node:http'
import type { Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Duplex } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'

/** What happens to one request. */
export type Fault =
  /** The engine hears it this much later. */
  | { kind: 'slow'; milliseconds: number }
  /** The connection breaks, and the engine never hears it. */
  | { kind: 'reset' }
  /** The engine does it, and the connection breaks before it can say so. */
  | { kind: 'lost' }
  /** The engine does it, and the answer breaks off in its middle. */
  | { kind: 'cut' }
  /** The engine never hears it; this is answered in its place. */
  | { kind: 'wrong'; status: number; body: string }
  /** Nobody ever answers. */
  | { kind: 'hang' }

export interface Asked {
  method: string
  /** Without version and query: /containers/json. */
  path: string
}

/** Stands between a client and an engine's socket, and misbehaves on request. */
export interface EngineProxy {
  /** unix://… */
  readonly endpoint: string
  /** All that was asked, in order. */
  readonly asked: Asked[]
  /** Decides about each request; null lets it through. */
  fault: (asked: Asked) => Fault | null
  /** Cuts every connection, also those that wait. */
  cutAll(): void
  stop(): Promise<void>
}

/** @param socketPath the engine's socket */
export async function startEngineProxy(socketPath: string): Promise<EngineProxy> {
  const folder = await mkdtemp(join(tmpdir(), 'lightnode-proxy-'))
  const path = join(folder, 'engine.sock')
  const sockets = new Set<Duplex>()
  const proxy: EngineProxy = {
    ...{ endpoint: `unix://${path}`, asked: [], fault: () => null },
    cutAll() {
      for (const socket of sockets) socket.destroy()
    },
    async stop() {
      proxy.cutAll()
      await new Promise((resolve) => server.close(resolve))
      await rm(folder, { recursive: true, force: true })
    },
  }

  const passOn = (incoming: IncomingMessage, onAnswer: (answer: IncomingMessage) => void) => {
    const { method, url, headers } = incoming
    const options: RequestOptions = { socketPath, method, path: url, headers, agent: false } as RequestOptions
    const outgoing = request(options, onAnswer)
    outgoing.on('error', () => incoming.socket.destroy())
    incoming.socket.once('close', () => outgoing.destroy())
    return outgoing
  }

  async function serve(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const fault = decide(proxy, incoming)
    if (fault?.kind === 'hang') return
    if (fault?.kind === 'reset') {
      incoming.socket.destroy()
      return
    }
    if (fault?.kind === 'wrong') {
      incoming.resume()
      outgoing.writeHead(fault.status, { 'content-type': 'application/json' }).end(fault.body)
      return
    }
    if (fault?.kind === 'slow') await sleep(fault.milliseconds)
    const upstream = passOn(incoming, (answer) => {
      if (fault?.kind === 'lost') answer.resume().once('end', () => incoming.socket.destroy())
      else if (fault?.kind === 'cut') void cut(answer, outgoing)
      else {
        outgoing.writeHead(answer.statusCode ?? 500, answer.headers)
        outgoing.flushHeaders()
        answer.pipe(outgoing)
        answer.on('error', () => outgoing.destroy())
      }
    })
    incoming.pipe(upstream)
  }

  const server: Server = createServer((incoming, outgoing) => void serve(incoming, outgoing))
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.on('error', () => {}).once('close', () => sockets.delete(socket))
  })
  // An exec's connection becomes a plain stream.
  server.on('upgrade', (incoming: IncomingMessage, socket: Duplex) => {
    decide(proxy, incoming)
    const upstream = passOn(incoming, (answer) => {
      socket.end(`HTTP/1.1 ${answer.statusCode} ${answer.statusMessage}\r\nconnection: close\r\n\r\n`)
    })
    upstream.on('upgrade', (answer, far, head) => {
      const lines = Object.entries(answer.headers).map(([name, value]) => `${name}: ${value}`)
      socket.write(`HTTP/1.1 101 ${answer.statusMessage}\r\n${lines.join('\r\n')}\r\n\r\n`)
      socket.write(head)
      far.pipe(socket).pipe(far)
      far.on('error', () => socket.destroy())
      socket.on('error', () => far.destroy())
    })
    incoming.pipe(upstream)
  })
  await new Promise<void>((resolve) => server.listen(path, resolve))
  return proxy
}

function decide(proxy: EngineProxy, { method = '', url = '' }: IncomingMessage): Fault | null {
  const asked = { method, path: url.replace(/\?.*$/, '').replace(/^\/v\d+\.\d+/, '') }
  proxy.asked.push(asked)
  return proxy.fault(asked)
}

/** Promises the whole answer, and sends half of it. */
async function cut(answer: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  const chunks: Buffer[] = []
  for await (const chunk of answer) chunks.push(chunk as Buffer)
  const body = Buffer.concat(chunks)
  const length = Math.max(body.length, 2)
  outgoing.writeHead(answer.statusCode ?? 500, {
    'content-type': 'application/json',
    'content-length': length,
  })
  outgoing.write(body.subarray(0, Math.floor(length / 2)), () => outgoing.destroy())
}
