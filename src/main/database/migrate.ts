import { chmodSync, mkdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type SqliteDatabase from 'better-sqlite3'
import { LightNodeError } from '../../shared/errors.ts'
import { backupFolder, backupName } from './backup.ts'

/** The migrations in order of their number; the schema's version is how many have run. */
const migrations = Object.entries(
  import.meta.glob<string>('./migrations/*.sql', { eager: true, query: '?raw', import: 'default' }),
)
  .sort(([a], [b]) => a.localeCompare(b, 'en'))
  .map(([, sql]) => sql)

/**
 * Runs the migrations that are missing, forward only, each in one transaction; a copy of the database is
 * made before the first of them.
 *
 * @param file where the database lives; the copy goes to `backups` beside it
 * @throws LightNodeError DATABASE_NEWER
 */
export function migrate(database: SqliteDatabase.Database, file: string): void {
  const version = refuseNewer(database)
  if (version > 0 && version < migrations.length) copyBefore(database, file, version)
  for (const [index, sql] of migrations.entries()) {
    if (index < version) continue
    database.transaction(() => {
      database.exec(sql)
      database.pragma(`user_version = ${index + 1}`)
    })()
  }
}

/**
 * @returns the schema's version
 * @throws LightNodeError DATABASE_NEWER
 */
export function refuseNewer(database: SqliteDatabase.Database): number {
  const version = Number(database.pragma('user_version', { simple: true }))
  if (version > migrations.length) throw new LightNodeError('DATABASE_NEWER')
  return version
}

function copyBefore(database: SqliteDatabase.Database, file: string, version: number): void {
  const folder = backupFolder(dirname(file))
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const copy = join(folder, backupName(`before-migration-${version}`, Date.now()))
  database.prepare('VACUUM INTO ?').run(copy)
  chmodSync(copy, 0o600)
}
