import { statSync } from 'node:fs'
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

/**
 * Remembers which file this is. On Unix an open database can be removed: what is written then is lost, and
 * nothing tells.
 *
 * @returns throws STORAGE_FAILED once another file or none is at the path
 */
export function watchPlace(file: string): () => void {
  const inode = () => statSync(file, { bigint: true, throwIfNoEntry: false })?.ino
  const opened = inode()
  return () => {
    if (inode() === opened) return
    throw new LightNodeError(
      'STORAGE_FAILED',
      `The database ${file} was removed or replaced while LightNode runs.`,
      { remedy: 'Put the data folder back as it was and start LightNode again.' },
    )
  }
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
