import { rmSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { LightNodeError } from '../../shared/errors.ts'
import { copyTo } from '../database/backup.ts'
import { backupFolder, stampOf } from '../database/backup-files.ts'
import type { Database } from '../database/open.ts'
import { openPrivateCopy } from '../database/private-copy.ts'
import { removeSessions } from '../database/sessions.ts'
import { storageProblem } from '../database/storage.ts'
import { writePrivateFile } from '../secrets/private-file.ts'
import { packContent } from './export-content.ts'
import { openExport, sealExport } from './export-file.ts'

/**
 * Writes database and key into one file, sealed by a password, and reads it back.
 *
 * @param now milliseconds since 1970
 * @returns the file's path: in the backups folder, for its owner alone
 * @throws LightNodeError STORAGE_FAILED, BACKUP_FAILED; no half file is left then
 */
export async function exportData(
  { database, dataDir, key }: { database: Database; dataDir: string; key: Buffer },
  password: string,
  now: number,
): Promise<string> {
  const file = join(backupFolder(dataDir), `lightnode-export-${stampOf(now)}.lightnode`)
  const content = await packContent({ database: await readDatabase(database, dataDir, now), key })
  try {
    await writePrivateFile(file, await sealExport(content, password))
    const back = await openExport(await readFile(file), password)
    if (!back?.equals(content)) throw new Error('it does not read back as it was written')
    return file
  } catch (cause) {
    rmSync(file, { force: true })
    const storage = storageProblem(cause)
    if (storage) throw storage
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new LightNodeError('BACKUP_FAILED', `The export could not be written: ${reason}`, {}, { cause })
  }
}

/** The bytes of a verified copy, in which nobody is signed in. */
async function readDatabase(database: Database, dataDir: string, now: number): Promise<Buffer> {
  const path = join(backupFolder(dataDir), `lightnode-${stampOf(now)}-export.db.new`)
  try {
    await copyTo(database, path)
    const copy = openPrivateCopy(path, dataDir)
    try {
      removeSessions(copy.database)
      return await readFile(copy.file)
    } finally {
      copy.close()
    }
  } finally {
    rmSync(path, { force: true })
  }
}
