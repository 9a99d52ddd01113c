import { chmodSync, closeSync, fsyncSync, openSync, renameSync, rmSync } from 'node:fs'
import { dirname } from 'node:path'
import SqliteDatabase from 'better-sqlite3'
import { LightNodeError } from '../../shared/errors.ts'
import { refuseNewer } from './schema.ts'
import { storageProblem } from './storage.ts'

/** What a copy of a LightNode database says of itself. */
export interface CopyFacts {
  installationId: string
  /** A known text, sealed with the data key of its installation. */
  keyCheck: string
}

/**
 * Opens a copy, only to read it, and looks at every page of it.
 *
 * @throws LightNodeError BACKUP_DAMAGED, DATABASE_NEWER
 */
export function inspectCopy(path: string): CopyFacts {
  return refuseUnreadable(path, () => {
    const copy = new SqliteDatabase(path, { readonly: true, fileMustExist: true })
    try {
      return readFacts(copy, path)
    } finally {
      copy.close()
    }
  })
}

/** @throws LightNodeError BACKUP_DAMAGED, DATABASE_NEWER; SqliteError for one that can't be read at all */
export function readFacts(copy: SqliteDatabase.Database, path: string): CopyFacts {
  // Whoever made the file has no say in what its schema may call.
  copy.pragma('trusted_schema = OFF')
  const check = String(copy.pragma('integrity_check(1)', { simple: true }))
  if (check !== 'ok') throw damaged(path, check)
  refuseNewer(copy, `The copy ${path} was written by a newer LightNode.`)
  const broken = copy.pragma('foreign_key_check') as unknown[]
  if (broken.length > 0) throw damaged(path, 'its tables do not fit together')
  const facts = copy
    .prepare<[], CopyFacts>('SELECT id AS installationId, key_check AS keyCheck FROM installation')
    .get()
  if (!facts) throw damaged(path, 'it holds no installation')
  return facts
}

/** Turns what SQLite says of a file that it can't make sense of into BACKUP_DAMAGED. */
export function refuseUnreadable<Result>(path: string, work: () => Result): Result {
  try {
    return work()
  } catch (error) {
    if (error instanceof LightNodeError || !(error instanceof SqliteDatabase.SqliteError)) throw error
    const storage = storageProblem(error)
    if (storage && /^SQLITE_(FULL|IOERR)/.test(error.code)) throw storage
    throw damaged(path, error.message, error)
  }
}

function damaged(path: string, finding: string, cause?: unknown): LightNodeError {
  return new LightNodeError(
    'BACKUP_DAMAGED',
    `The copy ${path} does not verify: ${finding.replace(/\s+/g, ' ')}.`,
    {},
    { cause },
  )
}

/**
 * Gives a draft its name once it is whole, on the disk, for its owner alone and without a log of its own.
 *
 * @throws LightNodeError BACKUP_DAMAGED when it does not verify; the draft is left then
 */
export function finishCopy(draft: string, path: string): void {
  sealCopy(draft)
  inspectCopy(draft)
  renameSync(draft, path)
  syncPath(dirname(path))
}

/** For its owner alone, without a log of its own beside it, and on the disk: VACUUM INTO waits for none. */
export function sealCopy(path: string): void {
  chmodSync(path, 0o600)
  const copy = new SqliteDatabase(path)
  try {
    copy.pragma('journal_mode = DELETE')
  } finally {
    copy.close()
  }
  syncPath(path)
}

/** Waits until a file, or a folder's list of names, is on the disk. Windows has no such call for folders. */
export function syncPath(path: string): void {
  let handle: number
  try {
    handle = openSync(path, process.platform === 'win32' ? 'r+' : 'r')
  } catch (error) {
    if (process.platform === 'win32') return
    throw error
  }
  try {
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
}

/** A database of ours that is not needed, with whatever SQLite keeps beside it. */
export function removeDatabase(path: string): void {
  for (const part of ['', '-journal', '-wal', '-shm']) rmSync(path + part, { force: true })
}
