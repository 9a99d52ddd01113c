import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import SqliteDatabase from 'better-sqlite3'
import { backupFolder } from './backup-files.ts'
import { type CopyFacts, readFacts, refuseUnreadable } from './copies.ts'
import type { Database } from './open.ts'
import { runMigrations } from './schema.ts'

const PREFIX = 'look-'

/** A LightNode database that can be looked into as if it were of today; what it was copied from is only read. */
export interface PrivateCopy {
  database: Database
  file: string
  facts: CopyFacts
  /** Closes and deletes it. */
  close(): void
}

/**
 * Copies a database, with its log where it has one, and brings the copy to today's schema.
 *
 * @throws LightNodeError BACKUP_DAMAGED, DATABASE_NEWER, STORAGE_FAILED; nothing of it is left then
 */
export function openPrivateCopy(path: string, dataDir: string): PrivateCopy {
  const folder = makePrivateFolder(dataDir)
  const file = join(folder, 'copy.db')
  let database: Database | undefined
  const close = () => {
    database?.close()
    rmSync(folder, { recursive: true, force: true })
  }
  try {
    for (const part of ['', '-wal', '-journal'])
      if (existsSync(path + part)) copyFileSync(path + part, file + part)
    return refuseUnreadable(path, () => {
      database = new SqliteDatabase(file, { fileMustExist: true })
      const facts = readFacts(database, path)
      database.pragma('journal_mode = DELETE')
      // It goes again: nothing of it has to last.
      database.pragma('synchronous = OFF')
      runMigrations(database)
      return { database, file, facts, close }
    })
  } catch (error) {
    close()
    throw error
  }
}

/** A folder for its owner alone; one that a crash leaves is removed by the next start. */
export function makePrivateFolder(dataDir: string): string {
  mkdirSync(backupFolder(dataDir), { recursive: true, mode: 0o700 })
  return mkdtempSync(join(backupFolder(dataDir), PREFIX))
}

/** What a crash left of private copies and drafts. To be called while nobody makes one. */
export function removeLeftCopies(dataDir: string): void {
  const folder = backupFolder(dataDir)
  if (!existsSync(folder)) return
  for (const name of readdirSync(folder))
    if (name.startsWith(PREFIX) || /^lightnode-.*\.new(-\w+)?$/.test(name))
      rmSync(join(folder, name), { recursive: true, force: true })
}
