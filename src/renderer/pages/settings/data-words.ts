import type { DataComparison } from '../../../shared/data.ts'

const reasons: Record<string, string> = {
  asked: 'Asked for',
  daily: 'Daily',
  'before-restore': 'Before going back',
}

/** Why a copy of the database was made. */
export function copyReason(reason: string): string {
  const schema = /^before-migration-(\d+)$/.exec(reason)?.[1]
  if (schema) return `Before the update to schema ${schema}`
  return reasons[reason] ?? reason
}

/** True where going back would change nothing about any server. */
export const isSame = ({ returning, forgotten, changed }: DataComparison): boolean =>
  returning.length + forgotten.length + changed.length === 0

/** What is wrong with a password for an export that is typed twice; null for none. */
export function repeatError(password: string, again: string): string | null {
  return password === again ? null : 'The two are not the same.'
}
