import { existsSync, renameSync, rmSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import SqliteDatabase from 'better-sqlite3'
import { stampOf } from './backup-files.ts'
import { inspectCopy, removeDatabase, sealCopy, syncPath } from './copies.ts'
import type { Database } from './open.ts'

/** Once this file is there, beside the database, it is what counts; every start finishes what was begun. */
const pendingOf = (file: string) => `${file}.replacement`

/**
 * Puts a copy in place of a database that nobody has open. What was there is kept beside it, whole or not. Killed
 * at any instant, the next start finds all of the old or all of the new.
 *
 * @param file the database
 * @param copy the copy's path; it is only read
 * @param change made in the new database before it counts
 * @returns where the replaced file went; null when there was none
 * @throws LightNodeError BACKUP_DAMAGED, DATABASE_NEWER; nothing is changed then
 */
export function replaceDatabase(
  file: string,
  copy: string,
  change: (database: Database) => void,
): string | null {
  inspectCopy(copy)
  const draft = `${file}.replacing`
  removeDatabase(draft)
  try {
    writeDraft(copy, draft, change)
    renameSync(draft, pendingOf(file))
    syncPath(dirname(file))
  } finally {
    removeDatabase(draft)
  }
  return finishReplacement(file)
}

function writeDraft(copy: string, draft: string, change: (database: Database) => void): void {
  const source = new SqliteDatabase(copy, { readonly: true })
  try {
    source.prepare('VACUUM INTO ?').run(draft)
  } finally {
    source.close()
  }
  const database = new SqliteDatabase(draft)
  try {
    change(database)
  } finally {
    database.close()
  }
  sealCopy(draft)
}

/**
 * Finishes a replacement that was cut off; to be asked before the database is opened.
 *
 * @returns where the replaced file went; null when nothing was replaced, or nothing was there
 */
export function finishReplacement(file: string): string | null {
  const pending = pendingOf(file)
  if (!existsSync(pending)) return null
  // Its own time: a second try gives the same name, so that database and log stay together.
  const kept = join(dirname(file), `replaced-${stampOf(Math.floor(statSync(pending).mtimeMs))}.db`)
  // The log first: what is left of it would be played back into the database that comes.
  for (const part of ['-wal', '']) if (existsSync(file + part)) renameSync(file + part, kept + part)
  for (const part of ['-shm', '-journal']) rmSync(file + part, { force: true })
  renameSync(pending, file)
  syncPath(dirname(file))
  return existsSync(kept) ? kept : null
}
