import { type ErrorCode, errorCatalogue, errorDataSchema, type FieldError } from '../shared/errors.ts'

/** What went wrong with something that was asked, ready to be shown where it happened. */
export interface Problem {
  code: ErrorCode
  message: string
  remedy: string
  fields: FieldError[]
  /** The id under which the log has the cause. */
  reference: string | null
}

const isCode = (code: unknown): code is ErrorCode =>
  typeof code === 'string' && Object.hasOwn(errorCatalogue, code)

const record = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}

const byStatus: Record<number, ErrorCode> = { 401: 'UNAUTHORIZED', 403: 'FORBIDDEN', 404: 'NOT_FOUND' }

const unreachable = (): Problem => ({
  code: 'INTERNAL',
  message: 'LightNode does not answer.',
  remedy: 'Check that it is still running, then try again.',
  fields: [],
  reference: null,
})

/**
 * Anything thrown by the client, or an error body of the HTTP door, in the user's words.
 * @param status the HTTP status, where the body itself may say nothing
 */
export function problemOf(error: unknown, status?: number): Problem {
  const { code: given, message, data } = record(error)
  const code = isCode(given) ? given : status === undefined ? undefined : byStatus[status]
  if (!code) return unreachable()
  const entry = errorCatalogue[code]
  const details = errorDataSchema.partial().safeParse(data)
  const known = details.success ? details.data : {}
  return {
    code,
    message: typeof message === 'string' && isCode(given) ? message : entry.message,
    remedy: known.remedy ?? entry.remedy,
    fields: known.fields ?? [],
    reference: known.reference ?? null,
  }
}
