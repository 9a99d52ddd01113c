import { mkdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type SqliteDatabase from 'better-sqlite3'
import { backupFolder, backupName } from './backup-files.ts'
import { finishCopy, removeDatabase } from './copies.ts'
import { migrations, refuseNewer, runMigrations, schemaVersion } from './schema.ts'

/**
 * Brings the schema up to date. Before the first migration of a database that holds something a copy of it is
 * made and verified; without one nothing is migrated.
 *
 * @param file where the database lives; the copy goes to `backups` beside it
 * @throws LightNodeError DATABASE_NEWER; SqliteError, with the database as it was before the migration that failed
 */
export function migrate(database: SqliteDatabase.Database, file: string, steps = migrations): void {
  refuseNewer(database)
  const version = schemaVersion(database)
  if (version > 0 && version < steps.length) copyBefore(database, file, version)
  runMigrations(database, steps)
}

function copyBefore(database: SqliteDatabase.Database, file: string, version: number): void {
  const folder = backupFolder(dirname(file))
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const path = join(folder, backupName(`before-migration-${version}`, Date.now()))
  const draft = `${path}.new`
  try {
    database.prepare('VACUUM INTO ?').run(draft)
    finishCopy(draft, path)
  } finally {
    removeDatabase(draft)
  }
}
