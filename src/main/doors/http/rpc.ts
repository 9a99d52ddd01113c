import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AnyContractRouter } from '@orpc/contract'
import type { Context, Router } from '@orpc/server'
import { BodyLimitPlugin, RPCHandler } from '@orpc/server/node'
import type { Logger } from '../../observe/logger.ts'
import { errorInterceptors } from '../rpc-errors.ts'
import { refuse } from './http-error.ts'
import { tooLarge } from './respond.ts'

/** One megabyte: the longest thing that is ever sent is a name or an address. */
const MAX_BODY = 1_000_000

/** Answers one request under `prefix`. @throws HttpError for what is no call of the contract */
export type Rpc<T extends Context> = (
  request: IncomingMessage,
  response: ServerResponse,
  prefix: `/${string}`,
  context: T,
) => Promise<void>

/** The contract's router over HTTP: POST with JSON only. */
export function createRpc<T extends Context>(router: Router<AnyContractRouter, T>, logger: Logger): Rpc<T> {
  const handler = new RPCHandler<T>(router, {
    plugins: [new BodyLimitPlugin({ maxBodySize: MAX_BODY })],
    ...errorInterceptors(logger),
  })

  return async (request, response, prefix, context) => {
    if (request.method !== 'POST')
      throw refuse('NOT_FOUND', 'Calls are made with POST.', { status: 405, headers: { allow: 'POST' } })
    if (Number(request.headers['content-length'] ?? 0) > MAX_BODY) throw tooLarge()
    const { matched } = await handler.handle(request, response, { prefix, context } as never)
    if (!matched) throw refuse('NOT_FOUND', 'There is no such call.')
  }
}
