import SqliteDatabase from 'better-sqlite3'
import { LightNodeError } from '../../shared/errors.ts'

/** What SQLite and the system answer when the disk is full, fails, or may not be written to. */
const reasons: Record<string, string> = {
  SQLITE_FULL: 'the disk is full',
  SQLITE_IOERR: 'the disk does not answer as it should',
  SQLITE_READONLY: 'it may not be written to',
  SQLITE_CANTOPEN: 'the database cannot be opened',
  ENOSPC: 'the disk is full',
  EDQUOT: "this user's share of the disk is full",
  EROFS: 'it may not be written to',
  EIO: 'the disk does not answer as it should',
}

/** @returns STORAGE_FAILED for an error that comes of the data folder's disk; null for every other */
export function storageProblem(error: unknown): LightNodeError | null {
  if (error instanceof LightNodeError) return error.code === 'STORAGE_FAILED' ? error : null
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  // Extended codes begin with the plain one: SQLITE_IOERR_WRITE.
  const plain = error instanceof SqliteDatabase.SqliteError ? code.split('_').slice(0, 2).join('_') : code
  const reason = Object.hasOwn(reasons, plain) ? reasons[plain] : undefined
  if (reason === undefined) return null
  return new LightNodeError(
    'STORAGE_FAILED',
    `LightNode cannot write to its data folder: ${reason} (${code}).`,
    {},
    { cause: error },
  )
}
