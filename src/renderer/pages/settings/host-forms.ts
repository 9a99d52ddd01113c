import { publicAddressSchema } from '../../../shared/hosts.ts'
import { type PortRange, portRangeSchema } from '../../../shared/ports.ts'

export interface RangeValues {
  gameFirst: number | string
  gameLast: number | string
  rconFirst: number | string
  rconLast: number | string
}
export type RangeErrors = Partial<Record<keyof RangeValues, string>>

const whole = 'A whole number.'
const asNumber = (value: number | string) => (value === '' ? Number.NaN : Number(value))

function readRange(first: number | string, last: number | string) {
  const parsed = portRangeSchema.safeParse({ first: asNumber(first), last: asNumber(last) })
  if (parsed.success) return { range: parsed.data, first: undefined, last: undefined }
  const errorOf = (name: string) => {
    const issue = parsed.error.issues.find(({ path }) => path[0] === name)
    return issue && (issue.code === 'invalid_type' ? whole : issue.message)
  }
  const overall = parsed.error.issues.find(({ path }) => path.length === 0)?.message
  return { range: null, first: errorOf('first'), last: errorOf('last') ?? overall }
}

/** Reads both ranges; they may not overlap. */
export function readRanges(
  values: RangeValues,
): { gamePorts: PortRange; rconPorts: PortRange; errors: null } | { errors: RangeErrors } {
  const game = readRange(values.gameFirst, values.gameLast)
  const rcon = readRange(values.rconFirst, values.rconLast)
  if (game.range && rcon.range) {
    if (game.range.first <= rcon.range.last && rcon.range.first <= game.range.last)
      return { errors: { rconFirst: 'The two ranges may not overlap.' } }
    return { gamePorts: game.range, rconPorts: rcon.range, errors: null }
  }
  const errors = { gameFirst: game.first, gameLast: game.last, rconFirst: rcon.first, rconLast: rcon.last }
  return { errors: Object.fromEntries(Object.entries(errors).filter(([, text]) => text !== undefined)) }
}

/** Wrong fields as the core names them, such as `gamePorts.first`, on the fields of the form. */
export function rangeErrors(fields: { field: string; message: string }[]): RangeErrors {
  const errors: RangeErrors = {}
  for (const { field, message } of fields) {
    const last = field.endsWith('.last')
    const name: keyof RangeValues = field.startsWith('rcon')
      ? last
        ? 'rconLast'
        : 'rconFirst'
      : last
        ? 'gameLast'
        : 'gameFirst'
    errors[name] ??= message
  }
  return errors
}

/** An empty text is no public address. */
export function readPublicAddress(text: string): { address: string | null; error: string | null } {
  if (!text.trim()) return { address: null, error: null }
  const parsed = publicAddressSchema.safeParse(text)
  return parsed.success
    ? { address: parsed.data, error: null }
    : { address: null, error: parsed.error.issues[0]?.message ?? 'Not an address.' }
}
