import { randomUUID } from 'node:crypto'
import { existsSync, statSync } from 'node:fs'
import { LightNodeError } from '../shared/errors.ts'
import { findInstallation, insertInstallation } from './database/installation.ts'
import type { Database } from './database/open.ts'
import { makeKeyCheck, opensKeyCheck } from './secrets/key-check.ts'
import { keyLocation, loadKey } from './secrets/key-store.ts'
import type { Keyring } from './secrets/keyring.ts'

export interface Identity {
  installationId: string
  key: Buffer
}

/**
 * To be asked before the database is opened. A key comes after its database: beside a key, none is one that was
 * lost, and a new one would hide that.
 *
 * @throws LightNodeError DATABASE_DAMAGED
 */
export function refuseLostDatabase(file: string, dataDir: string): void {
  if (keyLocation(dataDir) === null) return
  if (existsSync(file) && (!statSync(file).isFile() || statSync(file).size > 0)) return
  throw new LightNodeError(
    'DATABASE_DAMAGED',
    `The database ${file} is missing or empty, though the key to it is here.`,
    {
      remedy: 'Put the database back. To begin anew without the servers of before, remove the key file, too.',
    },
  )
}

/**
 * The installation's id and data key; made together with a new database, and never anew.
 *
 * @throws LightNodeError KEY_UNAVAILABLE when the key is missing, unreadable or another folder's
 */
export async function identify(
  database: Database,
  dataDir: string,
  keyring: Keyring | null,
  now: number,
): Promise<Identity> {
  const known = findInstallation(database)
  const key = await loadKey(dataDir, known === null, keyring)
  if (known) {
    if (!opensKeyCheck(key, known.keyCheck))
      throw new LightNodeError('KEY_UNAVAILABLE', 'The key of this data folder is another one.')
    return { installationId: known.id, key }
  }
  const id = randomUUID()
  insertInstallation(database, { id, keyCheck: makeKeyCheck(key) }, now)
  return { installationId: id, key }
}
