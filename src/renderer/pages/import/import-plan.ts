import { type ImportFix, type ImportPlan, type ImportRow, importFixSchema } from '../../../shared/adoption.ts'

/** What a person can set right; another wrong field only lets the row be left out. */
export type FixField = 'name' | 'port' | 'memory'

export const isFixField = (field: string): field is FixField =>
  field === 'name' || field === 'port' || field === 'memory'

/** A row as the page shows it. */
export interface ShownRow {
  row: ImportRow
  leftOut: boolean
  /** Fields that a person set, each with what the source has. */
  fixed: { field: FixField; was: string }[]
}

/**
 * The rows of the newest plan, and those that were left out, by their number.
 *
 * @param first the plan without any fix
 */
export function shownRows(first: ImportPlan, newest: ImportPlan, fixes: readonly ImportFix[]): ShownRow[] {
  return first.rows.map((given) => {
    const fix = fixes.find(({ row }) => row === given.row)
    const row = newest.rows.find(({ row }) => row === given.row) ?? given
    const fixed = (['name', 'port', 'memory'] as const)
      .filter((field) => fix?.[field] !== undefined)
      .map((field) => ({ field, was: String(given[field]) }))
    return { row, leftOut: fix?.leaveOut ?? false, fixed }
  })
}

/** Notes that each of several rows has: said once, under them all. */
export function sharedNotes(rows: readonly ShownRow[]): string[] {
  const [first, ...others] = rows.filter(({ leftOut }) => !leftOut).map(({ row }) => row.notes)
  if (!first || !others.length) return []
  return first.filter((note) => others.every((notes) => notes.includes(note)))
}

export interface PlanCount {
  /** Servers that would be imported. */
  taken: number
  /** Rows that are in the way. */
  open: number
}

export function countRows(rows: readonly ShownRow[]): PlanCount {
  const taken = rows.filter(({ leftOut }) => !leftOut)
  return { taken: taken.length, open: taken.filter(({ row }) => row.conflicts.length > 0).length }
}

/** One decision more; an undefined value takes a decision back. */
export function withFix(
  fixes: readonly ImportFix[],
  row: number,
  changes: { [Key in keyof Omit<ImportFix, 'row'>]: ImportFix[Key] | undefined },
): ImportFix[] {
  const merged = { ...fixes.find((fix) => fix.row === row), ...changes }
  const kept = Object.fromEntries(Object.entries(merged).filter(([, value]) => value !== undefined))
  const others = fixes.filter((fix) => fix.row !== row)
  const { row: _row, ...decisions } = kept
  return Object.keys(decisions).length ? [...others, { ...decisions, row }] : others
}

/** Reads what was typed for a field. @returns what to decide, or what is wrong with it */
export function readFix(
  field: FixField,
  typed: string,
): { changes: Omit<ImportFix, 'row'>; error: null } | { changes: null; error: string } {
  const value = field === 'name' ? typed : typed.trim() === '' ? Number.NaN : Number(typed)
  const parsed = importFixSchema.safeParse({ row: 1, [field]: value })
  if (parsed.success) return { changes: { [field]: parsed.data[field] }, error: null }
  const [issue] = parsed.error.issues
  if (field === 'port') return { changes: null, error: 'A port is a number from 1 to 65535.' }
  return { changes: null, error: issue?.message ?? 'This is not right.' }
}
