import type { DataState } from '../../shared/data.ts'
import { dataStateSchema } from '../../shared/data.ts'
import type { Database } from '../database/open.ts'
import { getSetting, removeSetting, setSetting } from '../database/settings.ts'

/** Whether the database was restored and nobody has confirmed it yet: then LightNode changes nothing. */
export function isLookOnly(database: Database): boolean {
  return getSetting(database, 'look-only') !== null
}

export function readDataState(database: Database): DataState {
  const stored = getSetting(database, 'look-only')
  return dataStateSchema.parse({ lookOnly: stored === null ? null : JSON.parse(stored) })
}

/** @param at milliseconds since 1970 */
export function beginLookOnly(database: Database, restoredFrom: string, at: number): void {
  setSetting(database, 'look-only', JSON.stringify({ restoredFrom, at }))
}

export function endLookOnly(database: Database): void {
  removeSetting(database, 'look-only')
}
