import { randomBytes } from 'node:crypto'
import { chmodSync, existsSync, readFileSync, statSync, unlinkSync } from 'node:fs'
import { join } from 'node:path'
import { LightNodeError } from '../../shared/errors.ts'
import type { Keyring } from './keyring.ts'
import { writePrivateFile } from './private-file.ts'
import { KEY_BYTES } from './seal.ts'

export type KeyLocation = 'file' | 'keyring'

const paths = (dataDir: string) => ({
  file: join(dataDir, 'data.key'),
  keyring: join(dataDir, 'data.key.keyring'),
})

/** Where the key of this folder lives; null when it has none yet. */
export function keyLocation(dataDir: string): KeyLocation | null {
  const { file, keyring } = paths(dataDir)
  // The file wins: a move that was cut off leaves both, and the file needs nothing else to be read.
  if (existsSync(file)) return 'file'
  return existsSync(keyring) ? 'keyring' : null
}

/**
 * Reads the data key, or makes one for a folder whose database is new.
 *
 * @param mayCreate true only while the database holds nothing sealed yet
 * @returns 32 bytes
 * @throws LightNodeError KEY_UNAVAILABLE; never replaces a key that can't be read
 */
export async function loadKey(dataDir: string, mayCreate: boolean, keyring: Keyring | null): Promise<Buffer> {
  const location = keyLocation(dataDir)
  if (location === null) {
    if (!mayCreate) throw unavailable(`The key file ${paths(dataDir).file} is missing.`)
    const key = randomBytes(KEY_BYTES)
    await writePrivateFile(paths(dataDir).file, key.toString('base64'))
    return key
  }
  const key = location === 'file' ? readKeyFile(dataDir) : openKeyring(dataDir, keyring)
  if (key.length !== KEY_BYTES) throw unavailable(`The key in ${paths(dataDir)[location]} is damaged.`)
  return key
}

/**
 * Moves the key between file and keyring. The new place is read back before the old one goes.
 *
 * @throws LightNodeError KEY_UNAVAILABLE when the keyring can't be used
 */
export async function moveKey(
  dataDir: string,
  key: Buffer,
  to: KeyLocation,
  keyring: Keyring | null,
): Promise<void> {
  const { file, keyring: keyringFile } = paths(dataDir)
  if (to === 'file') {
    await writePrivateFile(file, key.toString('base64'))
    if (existsSync(keyringFile)) unlinkSync(keyringFile)
    return
  }
  const usable = usableKeyring(keyring)
  await writePrivateFile(keyringFile, usable.seal(key.toString('base64')))
  if (!openKeyring(dataDir, usable).equals(key)) throw unavailable('The keyring did not give the key back.')
  if (existsSync(file)) unlinkSync(file)
}

function readKeyFile(dataDir: string): Buffer {
  const { file } = paths(dataDir)
  try {
    // A copy that came back may be open to others.
    if (process.platform !== 'win32' && (statSync(file).mode & 0o077) !== 0) chmodSync(file, 0o600)
    return Buffer.from(readFileSync(file, 'utf8'), 'base64')
  } catch (cause) {
    throw unavailable(`The key file ${file} cannot be read.`, cause)
  }
}

function openKeyring(dataDir: string, keyring: Keyring | null): Buffer {
  const usable = usableKeyring(keyring)
  try {
    return Buffer.from(usable.open(readFileSync(paths(dataDir).keyring)), 'base64')
  } catch (cause) {
    throw unavailable('The system keyring does not open the key of this data folder.', cause)
  }
}

function usableKeyring(keyring: Keyring | null): Keyring {
  if (!keyring)
    throw unavailable(
      'The key of this data folder is in the system keyring, which only the desktop can read.',
    )
  if (keyring.unavailable) throw unavailable(keyring.unavailable)
  return keyring
}

function unavailable(message: string, cause?: unknown): LightNodeError {
  return new LightNodeError('KEY_UNAVAILABLE', message, {}, { cause })
}
