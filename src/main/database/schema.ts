import type SqliteDatabase from 'better-sqlite3'
import { LightNodeError } from '../../shared/errors.ts'

/** The migrations in order of their number; the schema's version is how many have run. */
export const migrations: readonly string[] = Object.entries(
  import.meta.glob<string>('./migrations/*.sql', { eager: true, query: '?raw', import: 'default' }),
)
  .sort(([a], [b]) => a.localeCompare(b, 'en'))
  .map(([, sql]) => sql)

/**
 * Runs the migrations that are missing, forward only, each in one transaction: one that is cut off or fails is
 * as if it had never begun.
 *
 * @param steps all migrations there are, in order
 */
export function runMigrations(database: SqliteDatabase.Database, steps = migrations): void {
  const version = schemaVersion(database)
  for (const [index, sql] of steps.entries()) {
    if (index < version) continue
    database.transaction(() => {
      database.exec(sql)
      database.pragma(`user_version = ${index + 1}`)
    })()
  }
}

/** How many migrations have run in it; 0 for a new one. */
export function schemaVersion(database: SqliteDatabase.Database): number {
  return Number(database.pragma('user_version', { simple: true }))
}

/** @throws LightNodeError DATABASE_NEWER */
export function refuseNewer(database: SqliteDatabase.Database, message?: string): void {
  if (schemaVersion(database) > migrations.length) throw new LightNodeError('DATABASE_NEWER', message)
}
