import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { filesOf, read, root } from './files.ts'

// Written in two parts, so that this file itself does not hold what it looks for.
const BANNED = ['Math', 'random'].join('.')

describe('the ban of the guessable random source', () => {
  let folder: string
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'lightnode-lint-'))
    const config = JSON.parse(read('biome.json')) as Record<string, unknown>
    writeFileSync(join(folder, 'biome.json'), JSON.stringify({ ...config, vcs: { enabled: false } }))
    mkdirSync(join(folder, 'scripts'))
    cpSync(join(root, 'scripts/lint'), join(folder, 'scripts/lint'), { recursive: true })
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  function lint(text: string): string {
    writeFileSync(join(folder, 'a.ts'), text)
    const biome = join(root, 'node_modules/@biomejs/biome/bin/biome')
    const { stdout, stderr, status } = spawnSync(process.execPath, [biome, 'lint', 'a.ts'], {
      cwd: folder,
      encoding: 'utf8',
    })
    return status === 0 ? 'clean' : stdout + stderr
  }

  test.each([
    [`export const a = ${BANNED}()\n`],
    [`export const a = [1].map(${BANNED})\n`],
    [`export const a = globalThis.${BANNED}()\n`],
    [`export const a = Math['random']()\n`],
    ['const { random } = Math\nexport const a = random()\n'],
  ])('the lint refuses %j', (text) => {
    expect(lint(text)).toContain(`${BANNED} is banned`)
  })

  test('the lint leaves other uses of Math alone', () => {
    expect(lint('export const a = Math.max(1, 2)\n')).toBe('clean')
  })

  test('no source has it', () => {
    const holders = filesOf('src', 'test', 'scripts')
      .filter((path) => /\.[cm]?[jt]sx?$/.test(path))
      .filter((path) => read(path).includes(BANNED))
    expect(holders).toEqual([])
  })
})

describe('electron without its sandbox', () => {
  test('exists in test support and tests only', () => {
    const flag = ['--no', 'sandbox'].join('-')
    const holders = filesOf('src', 'scripts', 'package.json', '.ci').filter((path) =>
      read(path).includes(flag),
    )
    expect(holders).toEqual([])
  })
})
