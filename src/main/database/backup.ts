import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import SqliteDatabase from 'better-sqlite3'
import type { Database } from './open.ts'

/** Older ones go when a new one is there. */
const KEPT = 14
const NAME = /^lightnode-(\d{4}-\d{2}-\d{2}T\d{2}-\d{2}-\d{2}-\d{3}Z)-([a-z0-9-]+)\.db$/

export type BackupReason = 'daily' | `before-migration-${number}`

export interface BackupFile {
  /** The file's name in the backups folder. */
  name: string
  reason: string
  /** Milliseconds since 1970, read from the name: a copied file keeps it. */
  at: number
  bytes: number
}

/** Where the copies of a data folder's database live. */
export function backupFolder(dataDir: string): string {
  return join(dataDir, 'backups')
}

/**
 * Copies the database while it is in use, verifies the copy by opening it, and lets the oldest go.
 *
 * @param at milliseconds since 1970
 * @throws Error when the copy can't be written or does not verify; no half copy is left then
 */
export async function backUp(
  database: Database,
  dataDir: string,
  reason: BackupReason,
  at: number,
): Promise<BackupFile> {
  const folder = backupFolder(dataDir)
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const name = backupName(reason, at)
  const draft = join(folder, `${name}.new`)
  try {
    await database.backup(draft)
    seal(draft)
    const fault = inspectCopy(draft)
    if (fault) throw new Error(`The copy of the database does not verify: ${fault}`)
    renameSync(draft, join(folder, name))
  } finally {
    rmSync(draft, { force: true })
  }
  prune(folder)
  return { name, reason, at, bytes: statSync(join(folder, name)).size }
}

export function backupName(reason: BackupReason, at: number): string {
  return `lightnode-${new Date(at).toISOString().replace(/[:.]/g, '-')}-${reason}.db`
}

/** The copies of a data folder, newest first. */
export function listBackups(dataDir: string): BackupFile[] {
  const folder = backupFolder(dataDir)
  if (!existsSync(folder)) return []
  return readdirSync(folder)
    .flatMap((name) => {
      const [, stamp, reason] = NAME.exec(name) ?? []
      if (!stamp || !reason) return []
      const at = Date.parse(stamp.replace(/T(\d\d)-(\d\d)-(\d\d)-(\d{3})Z/, 'T$1:$2:$3.$4Z'))
      return [{ name, reason, at, bytes: statSync(join(folder, name)).size }]
    })
    .sort((a, b) => b.at - a.at)
}

/** The newest copy that opens and is whole; null when there is none. */
export function newestGoodBackup(dataDir: string): BackupFile | null {
  return (
    listBackups(dataDir).find(({ name }) => inspectCopy(join(backupFolder(dataDir), name)) === null) ?? null
  )
}

/**
 * Puts a copy in place of a database that nobody has open. What was there is kept beside it, whole or not.
 *
 * @param file the database
 * @param copy the copy's path
 * @returns where the replaced file went; null when there was none
 * @throws Error when the copy does not verify; nothing is changed then
 */
export function restoreBackup(file: string, copy: string, at: number): string | null {
  const fault = inspectCopy(copy)
  if (fault) throw new Error(`The copy ${copy} does not verify: ${fault}`)
  const draft = `${file}.restored`
  rmSync(draft, { force: true })
  const source = new SqliteDatabase(copy, { readonly: true })
  try {
    source.prepare('VACUUM INTO ?').run(draft)
  } finally {
    source.close()
  }
  seal(draft)
  const stamp = new Date(at).toISOString().replace(/[:.]/g, '-')
  const kept = existsSync(file) ? join(dirname(file), `replaced-${stamp}.db`) : null
  if (kept) {
    for (const part of ['', '-wal']) if (existsSync(file + part)) copyFileSync(file + part, kept + part)
    // The log belongs to the file that goes; the file itself is replaced in one step, so that there is one always.
    for (const part of ['-wal', '-shm']) rmSync(file + part, { force: true })
  }
  renameSync(draft, file)
  return kept
}

/** @returns null when the copy is a whole database of ours, else what is wrong with it */
function inspectCopy(path: string): string | null {
  try {
    const copy = new SqliteDatabase(path, { readonly: true })
    try {
      const check = String(copy.pragma('integrity_check(1)', { simple: true }))
      if (check !== 'ok') return check
      const row = copy.prepare('SELECT 1 FROM installation').get()
      return row === undefined ? 'it holds no installation' : null
    } finally {
      copy.close()
    }
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

/** For its owner alone, and without a log of its own beside it. */
function seal(path: string): void {
  chmodSync(path, 0o600)
  const copy = new SqliteDatabase(path)
  try {
    copy.pragma('journal_mode = DELETE')
  } finally {
    copy.close()
  }
}

function prune(folder: string): void {
  for (const { name } of listBackups(dirname(folder)).slice(KEPT)) rmSync(join(folder, name), { force: true })
}
