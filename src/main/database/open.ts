import { chmodSync, existsSync, mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import SqliteDatabase from 'better-sqlite3'
import { LightNodeError } from '../../shared/errors.ts'
import { migrate } from './migrate.ts'
import { refuseNewer } from './schema.ts'
import { storageProblem } from './storage.ts'

export type Database = SqliteDatabase.Database

/**
 * Opens the database, checks it and brings its schema up to date.
 *
 * Write-ahead log with `synchronous=FULL`: what was committed survives a power cut.
 *
 * @param file a path, or `:memory:`
 * @throws LightNodeError DATABASE_DAMAGED or DATABASE_NEWER, the file is left as it is; STORAGE_FAILED, the schema
 *   is then that of before, or of a migration in between
 */
export function openDatabase(file: string): Database {
  if (file !== ':memory:') mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
  const existed = existsSync(file)
  let database: Database | undefined
  try {
    if (existed) inspect(file)
    database = new SqliteDatabase(file)
    if (file !== ':memory:' && !existed) chmodSync(file, 0o600)
    database.pragma('busy_timeout = 5000')
    database.pragma('journal_mode = WAL')
    database.pragma('synchronous = FULL')
    // macOS answers fsync before the disk has written; fullfsync waits for it.
    database.pragma('fullfsync = ON')
    database.pragma('foreign_keys = ON')
    migrate(database, file)
    return database
  } catch (cause) {
    database?.close()
    if (damaged(cause, existed)) throw new LightNodeError('DATABASE_DAMAGED', undefined, {}, { cause })
    throw storageProblem(cause) ?? cause
  }
}

/** Only reads: an opening for writing changes the header, and folds the log of a crash into the file. */
function inspect(file: string): void {
  const database = new SqliteDatabase(file, { readonly: true })
  try {
    // Not only quick_check: free ports are read from an index, which has to say what its table says.
    const check = String(database.pragma('integrity_check(1)', { simple: true }))
    if (check !== 'ok') {
      const finding = check.replace(/\s+/g, ' ')
      throw new LightNodeError('DATABASE_DAMAGED', `The database ${file} is damaged: ${finding}.`)
    }
    refuseNewer(database)
  } catch (error) {
    // A first start that was cut off leaves a journal, which only a writer may play back.
    const code = error instanceof SqliteDatabase.SqliteError ? error.code : ''
    if (!code.startsWith('SQLITE_READONLY')) throw error
  } finally {
    database.close()
  }
}

/** A schema that is not what the version in the header says is damage, too: of a new database it would be a bug. */
function damaged(error: unknown, existed: boolean): boolean {
  const code = error instanceof SqliteDatabase.SqliteError ? error.code : ''
  return code === 'SQLITE_NOTADB' || code.startsWith('SQLITE_CORRUPT') || (existed && code === 'SQLITE_ERROR')
}
