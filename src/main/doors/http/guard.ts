import type { IncomingMessage } from 'node:http'
import { refuse } from './http-error.ts'

/** Letters, digits and the few signs that our own paths have: nothing encoded, no backslash, no null byte. */
const plainPath = /^(\/[A-Za-z0-9_-][A-Za-z0-9._-]*)*\/?$/

/**
 * The path of a request without its query.
 *
 * @throws HttpError 404 for every path that LightNode could not have made itself
 */
export function readPath(request: IncomingMessage): string {
  const [path = ''] = (request.url ?? '').split('?', 1)
  if (!path.startsWith('/') || !plainPath.test(path)) throw refuse('NOT_FOUND', 'There is nothing here.')
  return path
}

/**
 * Lets in what this door's own pages send. A page of another site that reaches 127.0.0.1 through a name of
 * its own (DNS rebinding) brings the wrong Host; one that posts here brings the wrong Origin, and can't send
 * our header without being asked first.
 *
 * @throws HttpError 403, or 415 for a content type other than JSON
 */
export function checkRequest(request: IncomingMessage, port: number): void {
  const hosts = allowedHosts(port)
  const { host, origin } = request.headers
  const once =
    request.rawHeaders.filter((name, at) => at % 2 === 0 && name.toLowerCase() === 'host').length === 1
  if (!host || !once || !hosts.includes(host.toLowerCase()))
    throw refuse('FORBIDDEN', 'This name is not LightNode’s.')
  if (origin !== undefined && !hosts.some((allowed) => origin.toLowerCase() === `http://${allowed}`))
    throw refuse('FORBIDDEN', 'Another site sent this request.')
  if (request.method === 'GET' || request.method === 'HEAD') return

  if (request.headers['x-lightnode'] !== '1')
    throw refuse('FORBIDDEN', 'The request lacks the header x-lightnode: 1.')
  const type = request.headers['content-type']
  if (type !== undefined && !/^application\/json *(; *charset="?utf-8"?)?$/i.test(type))
    throw refuse('INVALID_INPUT', 'Only application/json is taken here.', { status: 415 })
  // The RPC handler would take the body for a file.
  if (request.headers['content-disposition'] !== undefined)
    throw refuse('INVALID_INPUT', 'No files are taken here.', { status: 415 })
}

function allowedHosts(port: number): string[] {
  const names = ['127.0.0.1', 'localhost']
  const withPort = names.map((name) => `${name}:${port}`)
  // A browser leaves out the port that http has by itself.
  return port === 80 ? [...names, ...withPort] : withPort
}
