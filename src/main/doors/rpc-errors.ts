import { randomBytes } from 'node:crypto'
import { ORPCError, ValidationError } from '@orpc/server'
import {
  type ErrorCode,
  type ErrorData,
  errorCatalogue,
  errorDataSchema,
  LightNodeError,
} from '../../shared/errors.ts'
import { storageProblem } from '../database/storage.ts'
import type { Logger } from '../observe/logger.ts'

/** Logs what nobody foresaw and gives the id under which the log has it. */
export function logUnforeseen(logger: Logger, error: unknown): string {
  const reference = randomBytes(4).toString('hex')
  logger.error({ reference, err: error }, 'unforeseen error')
  return reference
}

/**
 * Interceptors for a handler of either door: whatever a call ends with becomes one of the catalogue's errors,
 * so that no stack, cause or library's own words get out.
 */
export function errorInterceptors(logger: Logger) {
  return {
    /** Around the procedure with the checks of its input. */
    clientInterceptors: [
      ({ next }: { next(): Promise<unknown> }) =>
        next().catch((error: unknown) => {
          throw toCatalogueError(error, logger)
        }),
    ],
    /** Around everything: what is still not the catalogue's could not be read as a call. */
    interceptors: [
      <Result>({ next }: { next(): Promise<Result> }) =>
        next().catch((error: unknown) => {
          throw error instanceof ORPCError ? toCatalogueError(error, logger) : malformed()
        }),
    ],
  }
}

function toCatalogueError(error: unknown, logger: Logger): ORPCError<string, ErrorData> {
  if (error instanceof ORPCError) {
    const { code, message, status } = error
    const data = errorDataSchema.safeParse(error.data)
    // oRPC strips `defined` from what a procedure's own contract doesn't name.
    if (Object.hasOwn(errorCatalogue, code) && data.success)
      return new ORPCError(code, { defined: true, status, message, data: data.data })
    if (error.code === 'PAYLOAD_TOO_LARGE') return tooLarge()
    if (error.code === 'BAD_REQUEST') return badRequest(error)
    if (error.code === 'METHOD_NOT_SUPPORTED') return catalogueError('NOT_FOUND', 'There is nothing here.')
  }
  const storage = storageProblem(error)
  if (storage) logger.warn({ err: error }, 'a write failed')
  const known = storage ?? error
  if (known instanceof LightNodeError) return catalogueError(known.code, known.message, known.data)
  return catalogueError('INTERNAL', undefined, { reference: logUnforeseen(logger, error) })
}

function badRequest(error: ORPCError<string, unknown>): ORPCError<string, ErrorData> {
  const issues = error.cause instanceof ValidationError ? error.cause.issues : null
  if (!issues) return malformed()
  const fields = issues.map(({ path, message }) => ({
    field: (path ?? []).map((part) => String(typeof part === 'object' ? part.key : part)).join('.'),
    message,
  }))
  return catalogueError('INVALID_INPUT', undefined, { fields })
}

function tooLarge(): ORPCError<string, ErrorData> {
  return new ORPCError('INVALID_INPUT', {
    defined: true,
    status: 413,
    message: 'The request is too large.',
    data: { remedy: 'Send less at a time.' },
  })
}

function malformed(): ORPCError<string, ErrorData> {
  return catalogueError('INVALID_INPUT', 'The request is not a call of this protocol.')
}

function catalogueError(
  code: ErrorCode,
  message: string | undefined,
  data: Partial<ErrorData> = {},
): ORPCError<string, ErrorData> {
  const entry = errorCatalogue[code]
  return new ORPCError(code, {
    defined: true,
    status: entry.status,
    message: message ?? entry.message,
    data: { remedy: entry.remedy, ...data },
  })
}
