import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { makeFolder } from '../../../src/main/database/make-folder.ts'

let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lightnode-folder-'))
})

afterEach(() => rmSync(folder, { recursive: true }))

test('what is missing above is made with it, for its owner alone; what is there stays', () => {
  const deep = join(folder, 'a', 'b', 'c')
  makeFolder(deep)
  makeFolder(deep)
  makeFolder(`${deep}/`)
  if (process.platform !== 'win32') expect(statSync(join(folder, 'a')).mode & 0o777).toBe(0o700)
  expect(statSync(deep).isDirectory()).toBe(true)
})

test('a file in the way, or a link to nowhere, is the error that it is', () => {
  writeFileSync(join(folder, 'file'), '')
  expect(() => makeFolder(join(folder, 'file'))).toThrow('EEXIST')
  expect(() => makeFolder(join(folder, 'file', 'below'))).toThrow('ENOTDIR')
  symlinkSync(join(folder, 'nowhere'), join(folder, 'link'))
  expect(() => makeFolder(join(folder, 'link'))).toThrow('EEXIST')
})

// In a process of its own: what never ends can't be ended from within.
test.runIf(process.platform === 'linux')('a folder that can hold no other is an error, and at once', () => {
  const module = fileURLToPath(new URL('../../../src/main/database/make-folder.ts', import.meta.url))
  const program = `import { makeFolder } from ${JSON.stringify(module)}
    for (const path of ['/proc/none', '/proc/none/below'])
      try { makeFolder(path) } catch (error) { console.log(error.code) }`
  const args = ['--input-type=module', '-e', program]
  const { stdout, signal } = spawnSync(process.execPath, args, { timeout: 10_000, encoding: 'utf8' })
  expect({ stdout, signal }).toEqual({ stdout: 'ENOENT\nENOENT\n', signal: null })
})
