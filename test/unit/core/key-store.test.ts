import { randomBytes } from 'node:crypto'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { type Database, openDatabase } from '../../../src/main/database/open.ts'
import { identify, refuseLostDatabase } from '../../../src/main/installation.ts'
import { createEventHub } from '../../../src/main/observe/events.ts'
import { keyLocation, loadKey, moveKey } from '../../../src/main/secrets/key-store.ts'
import type { Keyring } from '../../../src/main/secrets/keyring.ts'
import { createSettings } from '../../../src/main/servers/settings.ts'
import { failureOf } from './kit.ts'

let folder: string
const inFolder = (name: string) => join(folder, name)
const files = () => readdirSync(folder).sort()

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lightnode-key-'))
  onTestFinishedLater(folder)
})

function onTestFinishedLater(path: string): void {
  onTestFinished(() => rmSync(path, { recursive: true, force: true }))
}

/** A keyring of its own kind: what another one sealed does not open. */
function fakeKeyring(unavailable: string | null = null): Keyring {
  const name = randomBytes(4).toString('hex')
  return {
    unavailable,
    seal: (text) => Buffer.from(`${name}:${[...text].reverse().join('')}`),
    open(sealed) {
      const text = sealed.toString()
      if (!text.startsWith(`${name}:`)) throw new Error('sealed by another keyring')
      return [...text.slice(name.length + 1)].reverse().join('')
    },
  }
}

const unavailable = async (work: () => Promise<unknown>) => {
  const before = files()
  const error = await failureOf(work)
  expect(error.code).toBe('KEY_UNAVAILABLE')
  // Never makes a new one in its place.
  expect(files()).toEqual(before)
  return error.message
}

describe('the key file', () => {
  test('is made once, whole, for its owner alone', async () => {
    const key = await loadKey(folder, true, null)
    expect(key).toHaveLength(32)
    expect(files()).toEqual(['data.key'])
    if (process.platform !== 'win32') expect(statSync(inFolder('data.key')).mode & 0o777).toBe(0o600)
    expect(await loadKey(folder, true, null)).toEqual(key)
    expect(await loadKey(folder, false, null)).toEqual(key)
    expect(keyLocation(folder)).toBe('file')
  })

  test('is another one in every folder', async () => {
    const other = mkdtempSync(join(tmpdir(), 'lightnode-key-'))
    onTestFinishedLater(other)
    expect(await loadKey(folder, true, null)).not.toEqual(await loadKey(other, true, null))
  })

  test('keeps its mode when a crash left a draft that others may read', async () => {
    writeFileSync(inFolder('data.key.new'), 'half', { mode: 0o644 })
    await loadKey(folder, true, null)
    expect(files()).toEqual(['data.key'])
    if (process.platform !== 'win32') expect(statSync(inFolder('data.key')).mode & 0o777).toBe(0o600)
  })

  test('is not made anew when it is missing', async () => {
    expect(await unavailable(() => loadKey(folder, false, null))).toContain('data.key is missing')
    expect(keyLocation(folder)).toBeNull()
  })

  test('is not replaced when it can not be read', async () => {
    mkdirSync(inFolder('data.key'))
    expect(await unavailable(() => loadKey(folder, true, null))).toContain('cannot be read')
  })

  test.each([
    '',
    'short',
    randomBytes(31).toString('base64'),
    randomBytes(33).toString('base64'),
    '\0'.repeat(44),
  ])('is not replaced when it is damaged (%#)', async (content) => {
    writeFileSync(inFolder('data.key'), content)
    for (const mayCreate of [true, false])
      expect(await unavailable(() => loadKey(folder, mayCreate, null))).toContain('is damaged')
    expect(readFileSync(inFolder('data.key'), 'utf8')).toBe(content)
  })
})

describe('the keyring', () => {
  test('takes the key and gives it back', async () => {
    const keyring = fakeKeyring()
    const key = await loadKey(folder, true, keyring)
    await moveKey(folder, key, 'keyring', keyring)
    expect(files()).toEqual(['data.key.keyring'])
    expect(readFileSync(inFolder('data.key.keyring'), 'utf8')).not.toContain(key.toString('base64'))
    expect(keyLocation(folder)).toBe('keyring')
    expect(await loadKey(folder, false, keyring)).toEqual(key)
    await moveKey(folder, key, 'file', keyring)
    expect(files()).toEqual(['data.key'])
    expect(await loadKey(folder, false, null)).toEqual(key)
  })

  test('is out of reach in browser mode, which says so', async () => {
    const keyring = fakeKeyring()
    await moveKey(folder, await loadKey(folder, true, keyring), 'keyring', keyring)
    expect(await unavailable(() => loadKey(folder, true, null))).toContain('only the desktop can read')
    expect(await unavailable(() => loadKey(folder, false, fakeKeyring()))).toContain('does not open the key')
    const locked = fakeKeyring('The keyring is locked.')
    expect(await unavailable(() => loadKey(folder, false, locked))).toBe('The keyring is locked.')
  })

  test('that can not be used leaves the key where it is', async () => {
    const key = await loadKey(folder, true, null)
    for (const keyring of [null, fakeKeyring('There is none.')])
      await unavailable(() => moveKey(folder, key, 'keyring', keyring))
    expect(await loadKey(folder, false, null)).toEqual(key)
  })

  test('that does not give the key back does not take it either', async () => {
    const key = await loadKey(folder, true, null)
    const forgetful: Keyring = { ...fakeKeyring(), open: () => randomBytes(32).toString('base64') }
    expect((await failureOf(() => moveKey(folder, key, 'keyring', forgetful))).code).toBe('KEY_UNAVAILABLE')
    expect(keyLocation(folder)).toBe('file')
    expect(await loadKey(folder, false, null)).toEqual(key)
  })

  test('opens after a move that was cut off half way, in either direction', async () => {
    const keyring = fakeKeyring()
    const key = await loadKey(folder, true, keyring)
    const file = readFileSync(inFolder('data.key'))
    await moveKey(folder, key, 'keyring', keyring)
    writeFileSync(inFolder('data.key'), file)
    expect(files()).toEqual(['data.key', 'data.key.keyring'])
    for (const reach of [keyring, null]) expect(await loadKey(folder, false, reach)).toEqual(key)
    await moveKey(folder, key, 'keyring', keyring)
    expect(files()).toEqual(['data.key.keyring'])
    expect(await loadKey(folder, false, keyring)).toEqual(key)
  })

  test('is a setting: it says where the key is and why it can not move', async () => {
    const keyring = fakeKeyring()
    const key = await loadKey(folder, true, keyring)
    const database = openDatabase(':memory:')
    const common = { database, dataDir: folder, key, imageOverride: null, events: createEventHub() }
    const desktop = createSettings({ ...common, keyring })
    expect(desktop.get()).toMatchObject({
      image: 'itzg/minecraft-server',
      keyLocation: 'file',
      keyringUnavailable: null,
    })
    expect((await desktop.update({ keyLocation: 'keyring' })).keyLocation).toBe('keyring')
    expect(existsSync(inFolder('data.key'))).toBe(false)
    const browser = createSettings({ ...common, keyring: null })
    expect(browser.get().keyringUnavailable).toContain('Only the desktop application')
    await desktop.update({ keyLocation: 'file', image: 'registry.local/game:1' })
    expect(desktop.get()).toMatchObject({ keyLocation: 'file', image: 'registry.local/game:1' })
    expect((await failureOf(() => browser.update({ keyLocation: 'keyring' }))).code).toBe('UNSUPPORTED_HERE')
  })
})

test.skipIf(process.platform === 'win32')('a key file that is open to others is closed to them', async () => {
  await loadKey(folder, true, null)
  chmodSync(inFolder('data.key'), 0o644)
  await loadKey(folder, false, null)
  expect(statSync(inFolder('data.key')).mode & 0o777).toBe(0o600)
})

describe('a database that was lost', () => {
  const file = () => inFolder('lightnode.db')

  test.each(['missing', 'empty'])('is not made anew beside its key when it is %s', async (how) => {
    refuseLostDatabase(file(), folder)
    const database = openDatabase(file())
    // As after a first start that was cut off at any point from here on.
    refuseLostDatabase(file(), folder)
    await identify(database, folder, null, 1)
    refuseLostDatabase(file(), folder)
    database.close()
    refuseLostDatabase(file(), folder)
    if (how === 'missing') rmSync(file())
    else writeFileSync(file(), '')
    expect(() => refuseLostDatabase(file(), folder)).toThrow('missing or empty, though the key to it is here')
    rmSync(inFolder('data.key'))
    refuseLostDatabase(file(), folder)
  })
})

describe('an installation', () => {
  const known = async (database: Database) => (await identify(database, folder, null, 1)).installationId

  test('keeps its id and its key', async () => {
    const database = openDatabase(inFolder('lightnode.db'))
    const first = await identify(database, folder, null, 1)
    expect(first.installationId).toMatch(/^[0-9a-f-]{36}$/)
    expect(await identify(database, folder, null, 2)).toEqual(first)
    expect(await known(openDatabase(':memory:')).catch((error) => error)).not.toBe(first.installationId)
    database.close()
  })

  test('goes on with the key that a crash before the first record left behind', async () => {
    const key = await loadKey(folder, true, null)
    expect((await identify(openDatabase(':memory:'), folder, null, 1)).key).toEqual(key)
  })

  test('does not start without its key, with a damaged one, or with that of another folder', async () => {
    const database = openDatabase(':memory:')
    await identify(database, folder, null, 1)
    const right = readFileSync(inFolder('data.key'))
    const start = () => identify(database, folder, null, 2)

    rmSync(inFolder('data.key'))
    expect(await unavailable(start)).toContain('missing')
    writeFileSync(inFolder('data.key'), right.subarray(0, 20))
    expect(await unavailable(start)).toContain('damaged')
    writeFileSync(inFolder('data.key'), randomBytes(32).toString('base64'))
    expect(await unavailable(start)).toBe('The key of this data folder is another one.')
    rmSync(inFolder('data.key'))
    mkdirSync(inFolder('data.key'))
    expect(await unavailable(start)).toContain('cannot be read')
    rmSync(inFolder('data.key'), { recursive: true })
    writeFileSync(inFolder('data.key'), right)
    await start()
  })
})
