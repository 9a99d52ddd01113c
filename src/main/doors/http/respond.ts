import type { IncomingMessage, ServerResponse } from 'node:http'
import helmet from 'helmet'
import type { z } from 'zod'
import type { RendererFile } from '../renderer-files.ts'
import { createNonce, filePolicy, pagePolicy, permissionsPolicy } from '../security-headers.ts'
import { type ErrorBody, refuse } from './http-error.ts'

const protect = helmet({
  // Set below, one per kind of answer.
  contentSecurityPolicy: false,
  // Loopback speaks plain HTTP.
  strictTransportSecurity: false,
  crossOriginResourcePolicy: { policy: 'same-origin' },
  referrerPolicy: { policy: 'no-referrer' },
  xFrameOptions: { action: 'deny' },
})

/** The headers that every answer has, whatever becomes of the request. */
export function setSecurityHeaders(request: IncomingMessage, response: ServerResponse): void {
  protect(request, response, () => {})
  response.setHeader('content-security-policy', filePolicy)
  response.setHeader('permissions-policy', permissionsPolicy)
  response.setHeader('cache-control', 'no-store')
}

export function sendEmpty(response: ServerResponse): void {
  response.writeHead(204).end()
}

/** @param envelope wraps it as the RPC protocol does, so that the contract's client understands it */
export function sendError(
  response: ServerResponse,
  body: ErrorBody,
  headers: Record<string, string>,
  envelope: boolean,
): void {
  const content = JSON.stringify(envelope ? { json: { defined: true, ...body }, meta: [] } : body)
  // A body that was not read is not waited for.
  if (!response.req.complete) response.setHeader('connection', 'close')
  response.writeHead(body.status, { 'content-type': 'application/json; charset=utf-8', ...headers })
  response.end(content)
}

export function sendFile(response: ServerResponse, file: RendererFile): void {
  if (file.immutable) response.setHeader('cache-control', 'public, max-age=31536000, immutable')
  response.writeHead(200, { 'content-type': file.type, 'content-length': file.body.length }).end(file.body)
}

/** Sends a page under its own policy, with a nonce made for this answer alone. */
export function sendPage(response: ServerResponse, render: (nonce: string) => string | null): void {
  const nonce = createNonce()
  const page = render(nonce)
  if (page === null)
    throw refuse('NOT_FOUND', 'The interface has not been built.', { remedy: 'Run npm start again.' })
  response.setHeader('content-security-policy', pagePolicy(nonce, "'self'"))
  response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(page)
}

/**
 * Reads a small JSON body.
 *
 * @param limit bytes
 * @throws HttpError 413 beyond the limit, 400 for what is no JSON of this schema
 */
export async function readJson<Schema extends z.ZodType>(
  request: IncomingMessage,
  schema: Schema,
  limit: number,
): Promise<z.output<Schema>> {
  if (Number(request.headers['content-length'] ?? 0) > limit) throw tooLarge()
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > limit) throw tooLarge()
    chunks.push(chunk)
  }
  const parsed = schema.safeParse(parseJson(Buffer.concat(chunks).toString('utf8')))
  if (!parsed.success) throw refuse('INVALID_INPUT', 'This is not what is expected here.')
  return parsed.data
}

export function tooLarge(): Error {
  return refuse('INVALID_INPUT', 'The request is too large.', { status: 413, remedy: 'Send less at a time.' })
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw refuse('INVALID_INPUT', 'The request is not valid JSON.')
  }
}
