import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { BrowserWindow } from 'electron'
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from 'vitest'
import { createSecretClipboard } from '../../../src/main/desktop/clipboard.ts'
import { createKeyring } from '../../../src/main/desktop/keyring.ts'
import { mayOpenOutside } from '../../../src/main/desktop/outside-links.ts'
import { readBounds, saveBounds } from '../../../src/main/desktop/window-bounds.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

function fakeClipboard(asynchronous: boolean) {
  const held = { text: '' }
  const wrap = <T>(value: T): T | Promise<T> => (asynchronous ? Promise.resolve(value) : value)
  return {
    held,
    readText: () => wrap(held.text),
    writeText(text: string) {
      held.text = text
      return wrap(undefined) as void | Promise<void>
    },
    clear() {
      held.text = ''
    },
  }
}

test.each([false, true])(
  'a secret leaves the clipboard after 60 s (asynchronous: %s)',
  async (asynchronous) => {
    const system = fakeClipboard(asynchronous)
    const clipboard = createSecretClipboard(system)
    await clipboard.write('pAssw0rd', true)
    await vi.advanceTimersByTimeAsync(59_999)
    expect(system.held.text).toBe('pAssw0rd')
    await vi.advanceTimersByTimeAsync(1)
    expect(system.held.text).toBe('')
  },
)

test('what was copied meanwhile stays, and so does what is no secret', async () => {
  const system = fakeClipboard(false)
  const clipboard = createSecretClipboard(system)
  await clipboard.write('pAssw0rd', true)
  system.held.text = 'something of the user’s'
  await vi.advanceTimersByTimeAsync(120_000)
  expect(system.held.text).toBe('something of the user’s')
  await clipboard.write('10.0.0.1:25565', false)
  await vi.advanceTimersByTimeAsync(120_000)
  expect(system.held.text).toBe('10.0.0.1:25565')
  await clipboard.clearNow()
  expect(system.held.text).toBe('10.0.0.1:25565')
})

test('a second copy counts its own 60 s', async () => {
  const system = fakeClipboard(true)
  const clipboard = createSecretClipboard(system)
  await clipboard.write('pAssw0rd', true)
  await vi.advanceTimersByTimeAsync(50_000)
  await clipboard.write('pAssw0rd', true)
  await vi.advanceTimersByTimeAsync(50_000)
  expect(system.held.text).toBe('pAssw0rd')
  await vi.advanceTimersByTimeAsync(10_000)
  expect(system.held.text).toBe('')
})

test('on quit a secret that is still there leaves at once', async () => {
  const system = fakeClipboard(true)
  const clipboard = createSecretClipboard(system)
  await clipboard.write('pAssw0rd', true)
  await clipboard.clearNow()
  expect(system.held.text).toBe('')
  expect(vi.getTimerCount()).toBe(0)
})

const system = (available: boolean, backend?: string) => ({
  isEncryptionAvailable: () => available,
  encryptString: (text: string) => Buffer.from(text),
  decryptString: (sealed: Buffer) => sealed.toString(),
  ...(backend === undefined ? {} : { getSelectedStorageBackend: () => backend }),
})

test('a keyring counts only where it protects', () => {
  expect(createKeyring(system(true, 'gnome_libsecret'), 'linux').unavailable).toBeNull()
  expect(createKeyring(system(true), 'darwin').unavailable).toBeNull()
  expect(createKeyring(system(true), 'win32').unavailable).toBeNull()
  expect(createKeyring(system(true, 'basic_text'), 'linux').unavailable).toMatch(/plain text/)
  expect(createKeyring(system(true), 'linux').unavailable).toMatch(/unknown/)
  expect(createKeyring(system(false), 'darwin').unavailable).toMatch(/No keyring/)
  const broken = {
    ...system(true),
    isEncryptionAvailable: () => {
      throw new Error('no bus')
    },
  }
  expect(createKeyring(broken, 'linux').unavailable).toMatch(/does not answer/)
})

test('only known pages open outside', () => {
  for (const url of [
    'https://aka.ms/MinecraftEULA',
    'https://docs.docker.com/engine/install/',
    'https://github.com/itzg/x?y#z',
  ])
    expect([url, mayOpenOutside(url)]).toEqual([url, true])
  for (const url of [
    'http://docs.docker.com/',
    'https://docs.docker.com.evil.example/',
    'https://evil.example/docs.docker.com/',
    'https://aka.ms/other',
    'https://aka.ms/MinecraftEULA/../x',
    'https://github.com@evil.example/',
    'https://me@github.com/',
    'https://github.com:8443/',
    'javascript:alert(1)',
    'file:///etc/passwd',
    'smb://github.com/x',
    'not a url',
    '',
  ])
    expect([url, mayOpenOutside(url)]).toEqual([url, false])
})

test('the window comes back to where it was, while that is on a screen', () => {
  const folder = mkdtempSync(join(tmpdir(), 'lightnode-bounds-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const screens = [{ x: 0, y: 0, width: 1920, height: 1080 }]
  const first = { width: 1200, height: 800 }
  expect(readBounds(folder, screens)).toEqual(first)
  const place = { x: 300, y: 40, width: 1000, height: 700 }
  const window = { getNormalBounds: () => place, isMaximized: () => true } as unknown as BrowserWindow
  saveBounds(folder, window)
  expect(statSync(join(folder, 'window.json')).mode & 0o777).toBe(0o600)
  expect(readBounds(folder, screens)).toEqual({ ...place, maximized: true })
  expect(readBounds(folder, [{ x: -1920, y: 0, width: 1920, height: 1080 }])).toEqual(first)
  writeFileSync(join(folder, 'window.json'), '{"x":0,"y":0,"width":1,"height":1,"maximized":false}')
  expect(readBounds(folder, screens)).toEqual(first)
  writeFileSync(join(folder, 'window.json'), readFileSync(import.meta.filename))
  expect(readBounds(folder, screens)).toEqual(first)
})
