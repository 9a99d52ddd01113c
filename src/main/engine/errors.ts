import { EngineError, type EngineErrorKind } from './types.ts'

/** What docker-modem puts on an answer that is not a success. */
interface Refusal {
  statusCode: number
  message: string
}

const portTaken = /port is already allocated|address already in use|ports are not available/i
const nameTaken = /container name .*is already in use/i
const noSpace = /no space left on device|disk quota exceeded/i
const imageMissing = /no such image|image not known/i

/**
 * Turns whatever a call to the engine rejects with into LightNode's own words.
 *
 * The message is the engine's verbatim text where it sent one, else the error's own. Phrasings are those of
 * Docker Engine 20.10 to 29, Docker Desktop (`Ports are not available`) and Podman.
 *
 * @param error what was thrown; an EngineError passes through unchanged
 * @param doing `pull` reads a refusal as a failed pull
 */
export function toEngineError(error: unknown, doing: 'call' | 'pull' = 'call'): EngineError {
  if (error instanceof EngineError) return error
  const cause = { cause: error }
  if (isRefusal(error)) {
    const text = refusalText(error)
    const kind = refusalKind(error.statusCode, text, doing)
    return new EngineError(kind, text, kind === 'port-taken' ? portIn(text) : undefined, cause)
  }
  return new EngineError(connectionKind(error), connectionText(error), undefined, cause)
}

/** @param text an error inside a pull's progress stream, which comes without a status */
export function pullError(text: string): EngineError {
  return new EngineError(noSpace.test(text) ? 'no-space' : 'pull-failed', text)
}

/** For a success that no engine answers with, such as a proxy's own page: nothing that it says counts. */
export function noEngineAnswer(): EngineError {
  return new EngineError('unreachable', 'the answer is not one of a Docker engine')
}

/** True for the answer 304: what was asked for is already so. */
export function isAlreadySo(error: unknown): boolean {
  return isRefusal(error) && error.statusCode === 304
}

/** An error of a search for an engine, in words a person reads. */
export function outcomeOf(error: unknown): string {
  const words: Record<string, string> = {
    ENOENT: 'no such file',
    ECONNREFUSED: 'connection refused',
    ECONNRESET: 'the connection was cut off',
    EACCES: 'permission denied',
    EPERM: 'permission denied',
    ENOTFOUND: 'no such host name',
    ENOTSOCK: 'not a socket',
    ENOTDIR: 'no such file',
  }
  const mapped = toEngineError(error)
  return words[codeOf(mapped.cause) ?? ''] ?? mapped.message
}

function isRefusal(error: unknown): error is Refusal {
  return error instanceof Error && 'statusCode' in error && typeof error.statusCode === 'number'
}

/** docker-modem writes "(HTTP code 404) no such container - TEXT "; only TEXT is the engine's. */
function refusalText(error: Refusal): string {
  const text = error.message.replace(/^\(HTTP code \d+\) .*? - /s, '').trim()
  return text || `the engine answered ${error.statusCode} without a reason`
}

function refusalKind(status: number, text: string, doing: 'call' | 'pull'): EngineErrorKind {
  if (noSpace.test(text)) return 'no-space'
  if (doing === 'pull') return 'pull-failed'
  // Before the ports: this text also says "already in use".
  if (nameTaken.test(text)) return 'name-taken'
  if (portTaken.test(text)) return 'port-taken'
  if (status === 404) return imageMissing.test(text) ? 'image-missing' : 'not-found'
  return 'rejected'
}

/**
 * The host port that a refusal names: "Bind for 0.0.0.0:25601 failed", "listen tcp6 [::]:25604: bind",
 * "exposing port TCP 0.0.0.0:25565 -> …", "failed to bind host port for 0.0.0.0:25565:172.17.0.2:80/tcp".
 */
function portIn(text: string): number | undefined {
  const opening = /(?:bind for|listen (?:tcp|udp)[46]?|exposing port (?:tcp|udp)|bind host port(?: for)?)\s+/
  const address = /(?:\[[^\]]*\]|\d+\.\d+\.\d+\.\d+|::|\*|localhost)?:(\d{1,5})\b/
  const named = new RegExp(opening.source + address.source, 'i').exec(text)
  const bare = /bind port (\d{1,5})\b/i.exec(text)
  const port = Number((named ?? bare)?.[1])
  return port >= 1 && port <= 65535 ? port : undefined
}

function connectionKind(error: unknown): EngineErrorKind {
  const code = codeOf(error)
  if (code === 'EACCES' || code === 'EPERM') return 'denied'
  if (code === 'ABORT_ERR' || code === 'ETIMEDOUT') return 'timeout'
  return code === undefined ? 'rejected' : 'unreachable'
}

function connectionText(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  // Node joins the attempts on several addresses in one error that has no message of its own.
  return error.message || codeOf(error) || error.name
}

function codeOf(error: unknown): string | undefined {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  return typeof code === 'string' ? code : undefined
}
