import { type ImportSource, importSourceSchema } from '../../../shared/adoption.ts'
import type { FieldError } from '../../../shared/errors.ts'

export interface SourceValues {
  kind: ImportSource['kind']
  text: string
  path: string
  password: string
}
export type SourceErrors = Partial<Record<'text' | 'path' | 'password', string>>

export const emptySource: SourceValues = { kind: 'csv', text: '', path: '', password: '' }

/** Holds what was given against the contract's own schema. @returns what to send, or what is wrong with each field */
export function readSource({
  kind,
  text,
  path,
  password,
}: SourceValues): { source: ImportSource; errors: null } | { source: null; errors: SourceErrors } {
  if (kind === 'csv' && !text.trim())
    return { source: null, errors: { text: 'Paste a table, or choose a file.' } }
  const given = kind === 'csv' ? { kind, text } : { kind, path, ...(password && { password }) }
  const parsed = importSourceSchema.safeParse(given)
  if (parsed.success) return { source: parsed.data, errors: null }
  const message = parsed.error.issues[0]?.message ?? 'This can’t be read.'
  return { source: null, errors: { [kind === 'csv' ? 'text' : 'path']: message } }
}

/** Wrong fields as the core names them, such as `source.text`, on the fields of the form. */
export function sourceErrors(fields: readonly FieldError[]): SourceErrors {
  const errors: SourceErrors = {}
  for (const { field, message } of fields) {
    const name = field.replace(/^source\./, '')
    if (name === 'text' || name === 'path' || name === 'password') errors[name] ??= message
  }
  return errors
}

/** A file of this size is no table of servers: as many bytes as the contract takes characters, in UTF-16. */
const MOST_BYTES = 2_000_002

/** The text of a table's file: UTF-16 where its byte order mark says so, else UTF-8. */
export function decodeTable(
  bytes: Uint8Array,
): { text: string; error: null } | { text: null; error: string } {
  if (bytes.length > MOST_BYTES) return { text: null, error: 'The file is larger than 1 MB.' }
  const [first, second] = bytes
  const encoding =
    first === 0xff && second === 0xfe ? 'utf-16le' : first === 0xfe && second === 0xff ? 'utf-16be' : 'utf-8'
  try {
    const text = new TextDecoder(encoding, { fatal: true }).decode(bytes)
    return text.includes('\0')
      ? { text: null, error: 'The file is no text. A table is saved as CSV.' }
      : { text, error: null }
  } catch {
    return {
      text: null,
      error: 'The file is neither UTF-8 nor UTF-16 with a byte order mark. Save it as UTF-8.',
    }
  }
}
