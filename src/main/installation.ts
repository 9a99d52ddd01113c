import { randomUUID } from 'node:crypto'
import { LightNodeError } from '../shared/errors.ts'
import { findInstallation, insertInstallation } from './database/installation.ts'
import type { Database } from './database/open.ts'
import { loadKey } from './secrets/key-store.ts'
import type { Keyring } from './secrets/keyring.ts'
import { createSealer } from './secrets/seal.ts'
import { Secret } from './secrets/secret.ts'

const KEY_CHECK = 'lightnode'
const PURPOSE = 'installation/key-check'

export interface Identity {
  installationId: string
  key: Buffer
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
  const sealer = createSealer(key)
  if (known) {
    try {
      sealer.open(known.keyCheck, PURPOSE)
    } catch (cause) {
      throw new LightNodeError(
        'KEY_UNAVAILABLE',
        'The key of this data folder is another one.',
        {},
        { cause },
      )
    }
    return { installationId: known.id, key }
  }
  const id = randomUUID()
  insertInstallation(database, { id, keyCheck: sealer.seal(new Secret(KEY_CHECK), PURPOSE) }, now)
  return { installationId: id, key }
}
