import type { FieldError } from '../../../shared/errors.ts'
import { type WorldSettings, worldSettingsSchema } from '../../../shared/settings.ts'

/** A cleared number field is an empty text. */
export interface WorldsValues {
  folder: string
  daily: boolean
  keep: number | string
  keepGb: number | string
}
export type WorldsErrors = Partial<Record<keyof WorldsValues, string>>

const isField = (name: unknown): name is keyof WorldsValues =>
  name === 'folder' || name === 'daily' || name === 'keep' || name === 'keepGb'

const asNumber = (value: number | string) => (value === '' ? Number.NaN : Number(value))

/** Holds the values against the contract's own schema. @returns what to send, or what is wrong with each field */
export function readWorlds(
  values: WorldsValues,
): { worlds: WorldSettings; errors: null } | { worlds: null; errors: WorldsErrors } {
  const { folder, daily, keep, keepGb } = values
  const parsed = worldSettingsSchema.safeParse({
    folder,
    daily,
    keep: asNumber(keep),
    keepGb: asNumber(keepGb),
  })
  if (parsed.success) return { worlds: parsed.data, errors: null }
  const errors: WorldsErrors = {}
  for (const { path, message, code } of parsed.error.issues) {
    const [name] = path
    if (isField(name)) errors[name] ??= code === 'invalid_type' ? 'A whole number.' : message
  }
  return { worlds: null, errors }
}

/** Wrong fields as the core names them, `folder` or `worlds.folder`, on the fields of the form. */
export function worldsErrors(fields: FieldError[]): WorldsErrors {
  const errors: WorldsErrors = {}
  for (const { field, message } of fields) {
    const name = field.replace(/^worlds\./, '')
    if (isField(name)) errors[name] ??= message
  }
  return errors
}
