import { type ErrorData, errorCatalogue, LightNodeError } from '../../../shared/errors.ts'
import { storageProblem } from '../../database/storage.ts'

/** What every refused request is answered with. */
export interface ErrorBody {
  code: string
  status: number
  message: string
  data: ErrorData
}

/** A refusal of the HTTP door itself, before anything of LightNode is asked. */
export class HttpError extends Error {
  override readonly name = 'HttpError'
  /** @param headers sent with the answer */
  constructor(
    readonly body: ErrorBody,
    readonly headers: Record<string, string> = {},
  ) {
    super(body.message)
  }
}

/** The catalogue's refusal, with an HTTP status of its own where the catalogue's is too coarse. */
export function refuse(
  code: 'INVALID_INPUT' | 'UNAUTHORIZED' | 'FORBIDDEN' | 'NOT_FOUND' | 'TOO_MANY_ATTEMPTS',
  message: string,
  options: { status?: number; remedy?: string; headers?: Record<string, string> } = {},
): HttpError {
  const { status, remedy } = errorCatalogue[code]
  return new HttpError(
    { code, status: options.status ?? status, message, data: { remedy: options.remedy ?? remedy } },
    options.headers,
  )
}

/** @param seconds until the next attempt counts */
export function tooManyAttempts(seconds: number): HttpError {
  return refuse('TOO_MANY_ATTEMPTS', 'Too many attempts to sign in.', {
    remedy: `Wait ${seconds} s and try again.`,
    headers: { 'retry-after': String(seconds) },
  })
}

/**
 * The answer to any error; one that nobody foresaw says nothing of its cause but the id under which the log
 * has it.
 */
export function errorBody(error: unknown, logUnforeseen: (error: unknown) => string): ErrorBody {
  if (error instanceof HttpError) return error.body
  const known = storageProblem(error) ?? error
  if (known instanceof LightNodeError)
    return { code: known.code, status: known.status, message: known.message, data: known.data }
  const { status, message, remedy } = errorCatalogue.INTERNAL
  return { code: 'INTERNAL', status, message, data: { remedy, reference: logUnforeseen(error) } }
}
