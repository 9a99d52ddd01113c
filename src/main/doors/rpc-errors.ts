import { randomBytes } from 'node:crypto'
import { ORPCError, ValidationError } from '@orpc/server'
import { type ErrorCode, type ErrorData, errorCatalogue, LightNodeError } from '../../shared/errors.ts'
import type { Logger } from '../observe/logger.ts'

/** Logs what nobody foresaw and gives the id under which the log has it. */
export function logUnforeseen(logger: Logger, error: unknown): string {
  const reference = randomBytes(4).toString('hex')
  logger.error({ reference, err: error }, 'unforeseen error')
  return reference
}

/**
 * Turns whatever a call ended with into one of the catalogue's errors, so that no door lets a stack, a cause
 * or a library's own words out.
 */
export function toCatalogueError(error: unknown, logger: Logger): ORPCError<string, ErrorData> {
  if (error instanceof ORPCError) {
    if (error.defined) return error as ORPCError<string, ErrorData>
    if (error.code === 'PAYLOAD_TOO_LARGE' || causedByTooLarge(error)) return tooLarge()
    if (error.code === 'BAD_REQUEST') return badRequest(error)
    if (error.code === 'NOT_FOUND' || error.code === 'METHOD_NOT_SUPPORTED')
      return catalogueError('NOT_FOUND', 'There is nothing here.')
  }
  if (error instanceof LightNodeError) return catalogueError(error.code, error.message, error.data)
  return catalogueError('INTERNAL', undefined, { reference: logUnforeseen(logger, error) })
}

function badRequest(error: ORPCError<string, unknown>): ORPCError<string, ErrorData> {
  const issues = error.cause instanceof ValidationError ? error.cause.issues : null
  if (!issues) return catalogueError('INVALID_INPUT', 'The request is not valid JSON of this protocol.')
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

function causedByTooLarge(error: Error): boolean {
  return error.cause instanceof ORPCError && error.cause.code === 'PAYLOAD_TOO_LARGE'
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
