import { chmodSync, existsSync, mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import SqliteDatabase from 'better-sqlite3'
import { LightNodeError } from '../../shared/errors.ts'
import { migrate } from './migrate.ts'

export type Database = SqliteDatabase.Database

/**
 * Opens the database, checks it and brings its schema up to date.
 *
 * Write-ahead log with `synchronous=FULL`: what was committed survives a power cut.
 *
 * @param file a path, or `:memory:`
 * @throws LightNodeError DATABASE_DAMAGED or DATABASE_NEWER; the file is left as it is
 */
export function openDatabase(file: string): Database {
  if (file !== ':memory:') mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
  const existed = existsSync(file)
  let database: Database | undefined
  try {
    database = new SqliteDatabase(file)
    if (file !== ':memory:' && !existed) chmodSync(file, 0o600)
    database.pragma('busy_timeout = 5000')
    database.pragma('journal_mode = WAL')
    database.pragma('synchronous = FULL')
    // macOS answers fsync before the disk has written; fullfsync waits for it.
    database.pragma('fullfsync = ON')
    database.pragma('foreign_keys = ON')
    const check = database.pragma('quick_check(1)', { simple: true })
    if (check !== 'ok')
      throw new LightNodeError('DATABASE_DAMAGED', `The database ${file} is damaged: ${check}.`)
    migrate(database, file)
    return database
  } catch (cause) {
    database?.close()
    throw damaged(cause) ? new LightNodeError('DATABASE_DAMAGED', undefined, {}, { cause }) : cause
  }
}

function damaged(error: unknown): boolean {
  const code = error instanceof SqliteDatabase.SqliteError ? error.code : ''
  return code === 'SQLITE_NOTADB' || code.startsWith('SQLITE_CORRUPT')
}

/** True for a violated UNIQUE rule, with the columns that SQLite names. */
export function isUniqueViolation(error: unknown, columns: string): boolean {
  return (
    error instanceof SqliteDatabase.SqliteError &&
    error.code === 'SQLITE_CONSTRAINT_UNIQUE' &&
    error.message.includes(columns)
  )
}
