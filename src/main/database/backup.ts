import { mkdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { LightNodeError } from '../../shared/errors.ts'
import { type BackupFile, type BackupReason, backupFolder, backupName, pruneBackups } from './backup-files.ts'
import { finishCopy, removeDatabase } from './copies.ts'
import type { Database } from './open.ts'
import { storageProblem } from './storage.ts'

/**
 * Copies the database while it is in use, verifies the copy by opening it, and lets the oldest go.
 *
 * @param at milliseconds since 1970
 * @throws LightNodeError STORAGE_FAILED, BACKUP_FAILED; no half copy is left then
 */
export async function backUp(
  database: Database,
  dataDir: string,
  reason: BackupReason,
  at: number,
): Promise<BackupFile> {
  const name = backupName(reason, at)
  const path = join(backupFolder(dataDir), name)
  await copyTo(database, path)
  const made = { name, reason, at, bytes: statSync(path).size }
  pruneBackups(dataDir, made)
  return made
}

/**
 * A verified copy of a database that is in use; its name is there only once it is whole.
 *
 * @throws LightNodeError STORAGE_FAILED, BACKUP_FAILED
 */
export async function copyTo(database: Database, path: string): Promise<void> {
  const draft = `${path}.new`
  try {
    mkdirSync(join(path, '..'), { recursive: true, mode: 0o700 })
    await database.backup(draft)
    finishCopy(draft, path)
  } catch (cause) {
    const storage = storageProblem(cause)
    if (storage) throw storage
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new LightNodeError(
      'BACKUP_FAILED',
      `LightNode's database could not be copied: ${reason}`,
      { remedy: 'The database itself is untouched. Mend what the message names and try again.' },
      { cause },
    )
  } finally {
    removeDatabase(draft)
  }
}
