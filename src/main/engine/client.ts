import { readFile } from 'node:fs/promises'
import { Agent as HttpAgent, type IncomingMessage } from 'node:http'
import { Agent as HttpsAgent } from 'node:https'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { inspect } from 'node:util'
import Docker from 'dockerode'
import { noEngineAnswer } from './errors.ts'
import type { FoundEndpoint } from './found-endpoint.ts'
import { EngineError } from './types.ts'

export interface EngineRequest {
  method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'DELETE'
  /** Without query; every part of it is already encoded. */
  path: string
  query?: Record<string, unknown>
  body?: object
  /** A tar archive; a stream is sent as it comes. */
  archive?: Buffer | Readable
}

/** Speaks HTTP with one engine. Rejects with docker-modem's errors: `limited` gives them our words. */
export interface EngineClient {
  /** The whole answer, parsed; its shape is the engine's API of that path. */
  json<T>(request: EngineRequest, signal: AbortSignal): Promise<T>
  /** For a call whose success has no body: one that has comes from no engine, and nothing was done. */
  done(request: EngineRequest, signal: AbortSignal): Promise<void>
  /** The answer as it comes; whoever asks reads it to its end or aborts. */
  stream(request: EngineRequest, signal: AbortSignal): Promise<IncomingMessage>
}

const successes = { 200: true, 201: true, 204: true }

/**
 * Makes a client for an endpoint; nothing is sent yet.
 *
 * @param apiVersion "1.41"; left out, the engine uses its newest
 * @throws EngineError `rejected` for an address of a kind not known here, `denied` for TLS files that
 *   can't be read
 */
export async function openClient(found: FoundEndpoint, apiVersion?: string): Promise<EngineClient> {
  const docker = new Docker({
    // Everything is named: docker-modem fills what is left out from this process's DOCKER_HOST.
    ...nothingSet,
    ...(await addressOptions(found)),
    ...(apiVersion === undefined ? {} : { version: `v${apiVersion}` }),
  })

  // dockerode's own create would write the environment into the request's URL, and drops the warnings.
  const stream = (request: EngineRequest, signal: AbortSignal): Promise<IncomingMessage> =>
    new Promise((resolve, reject) => {
      docker.modem.dial(
        {
          path: request.query === undefined ? request.path : `${request.path}?`,
          method: request.method,
          options: { _query: request.query ?? {}, _body: request.body ?? {} },
          ...(request.archive === undefined ? {} : { file: request.archive }),
          // Also where the whole answer is wanted: the modem's own reading misses a connection that is cut.
          isStream: true,
          abortSignal: signal,
          statusCodes: successes,
        },
        (error, result) => (error ? reject(error) : resolve(result as IncomingMessage)),
      )
    })

  const json = async <T>(request: EngineRequest, signal: AbortSignal): Promise<T> =>
    parsed(await text(await stream(request, signal))) as T

  const done = async (request: EngineRequest, signal: AbortSignal): Promise<void> => {
    if ((await json<unknown>(request, signal)) !== '') throw noEngineAnswer()
  }

  return { json, done, stream }
}

/** A ping answers with a bare word, many a call with nothing. */
function parsed(answer: string): unknown {
  const bare = answer.trim()
  if (bare === '' || bare === 'OK') return bare
  try {
    return JSON.parse(answer)
  } catch {
    throw noEngineAnswer()
  }
}

const nothingSet = {
  socketPath: undefined,
  host: undefined,
  port: undefined,
  username: undefined,
  ca: undefined,
  cert: undefined,
  key: undefined,
  protocol: 'http',
  version: undefined,
  timeout: undefined,
} as const

async function addressOptions({
  endpoint,
  tls,
}: FoundEndpoint): Promise<Docker.DockerOptions & { agent: HttpAgent }> {
  // A connection a call: one kept open is found dead when the engine has restarted meanwhile.
  const unix = /^unix:\/\/(\/.*)$/.exec(endpoint)?.[1]
  const pipe = /^npipe:\/\/(\/\/.*)$/.exec(endpoint)?.[1]
  const socketPath = unix ?? pipe
  if (socketPath !== undefined) return { socketPath, agent: quiet(new HttpAgent({ keepAlive: false })) }

  const url = /^(tcp|https?):\/\//.test(endpoint) ? new URL(endpoint.replace(/^tcp:/, 'http:')) : null
  if (url === null) throw new EngineError('rejected', 'not an address of an engine')
  const secure = tls !== undefined || url.protocol === 'https:'
  const protocol = secure ? 'https' : 'http'
  const port = url.port || (secure ? '2376' : '2375')
  const address = { protocol, host: `${protocol}://${url.hostname}`, port } as const
  if (!secure) return { ...address, agent: quiet(new HttpAgent({ keepAlive: false })) }
  const agent = quiet(new HttpsAgent({ keepAlive: false, rejectUnauthorized: tls?.verify ?? true }))
  return { ...address, agent, ...(tls === undefined ? {} : await certificates(tls.directory)) }
}

/**
 * docker-modem inspects every request's options to the last hidden property, whether it debugs or not. With an
 * agent's open sockets among them that is slow, and in Electron it ends the process.
 */
function quiet<T extends HttpAgent>(agent: T): T {
  return Object.assign(agent, { [inspect.custom]: () => 'agent' })
}

/** Each of the three may be missing: an authority alone checks the engine, a pair alone shows who we are. */
async function certificates(directory: string): Promise<{ ca?: Buffer; cert?: Buffer; key?: Buffer }> {
  const read = (name: string) =>
    readFile(join(directory, name)).catch((cause: unknown) => {
      if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return undefined
      throw new EngineError('denied', 'its TLS files cannot be read', undefined, { cause })
    })
  const [ca, cert, key] = await Promise.all([read('ca.pem'), read('cert.pem'), read('key.pem')])
  return { ...(ca && { ca }), ...(cert && { cert }), ...(key && { key }) }
}
