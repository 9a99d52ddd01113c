import { join } from 'node:path'
import { LightNodeError } from '../shared/errors.ts'
import { beginLookOnly } from './data/look-only.ts'
import { backupFolder, listBackups, newestGoodBackup } from './database/backup-files.ts'
import { inspectCopy } from './database/copies.ts'
import { type Database, openDatabase } from './database/open.ts'
import { finishReplacement, replaceDatabase } from './database/replace.ts'
import { removeSessions } from './database/sessions.ts'
import { refuseLostDatabase } from './installation.ts'
import { opensKeyCheck } from './secrets/key-check.ts'
import { loadKey } from './secrets/key-store.ts'
import type { Keyring } from './secrets/keyring.ts'

export interface OpenDataOptions {
  dataDir: string
  keyring: Keyring | null
  /** A copy in the backups folder that takes the database's place first. */
  restore: string | null
}

/**
 * Opens the database of a data folder; one that is damaged or missing is left as it is, and the newest good copy
 * is offered.
 *
 * @param now milliseconds since 1970
 * @throws LightNodeError DATABASE_DAMAGED, DATABASE_NEWER, STORAGE_FAILED; where a copy is to be restored also
 *   INVALID_INPUT, BACKUP_DAMAGED, KEY_UNAVAILABLE: nothing is changed then
 */
export async function openData(options: OpenDataOptions, now: number): Promise<Database> {
  const { dataDir, restore } = options
  const file = join(dataDir, 'lightnode.db')
  finishReplacement(file)
  if (restore !== null) await restoreNamed(file, restore, options, now)
  try {
    refuseLostDatabase(file, dataDir)
    return openDatabase(file)
  } catch (error) {
    if (!(error instanceof LightNodeError && error.code === 'DATABASE_DAMAGED')) throw error
    const copy = newestGoodBackup(dataDir)
    if (!copy) throw error
    const remedy =
      `Start once with --restore ${copy.name} to go back to the copy of ` +
      `${new Date(copy.at).toISOString()}; the damaged file is kept.`
    throw new LightNodeError('DATABASE_DAMAGED', error.message, { remedy }, { cause: error })
  }
}

/** Then LightNode only looks, until a person confirms what has come back. */
async function restoreNamed(file: string, name: string, options: OpenDataOptions, now: number) {
  const { dataDir, keyring } = options
  const folder = backupFolder(dataDir)
  const copies = listBackups(dataDir)
  if (!copies.some((copy) => copy.name === name)) {
    const remedy = copies[0] ? `The newest there is ${copies[0].name}.` : 'The folder holds none yet.'
    throw new LightNodeError('INVALID_INPUT', `${folder} holds no copy called ${name}.`, { remedy })
  }
  const copy = join(folder, name)
  const { keyCheck } = inspectCopy(copy)
  if (!opensKeyCheck(await loadKey(dataDir, false, keyring), keyCheck))
    throw new LightNodeError('KEY_UNAVAILABLE', `The copy ${name} was sealed by another key.`, {
      remedy: 'Nothing was changed. Bring back the key of its installation, or choose another copy.',
    })
  replaceDatabase(file, copy, (database) => {
    // A session of then may have been ended since.
    removeSessions(database)
    beginLookOnly(database, name, now)
  })
}
