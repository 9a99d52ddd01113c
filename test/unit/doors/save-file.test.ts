import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createSaveFile } from '../../../src/main/desktop/save-file.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lightnode-save-'))
  writeFileSync(join(folder, 'backup.tar.gz'), 'world')
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** Saves to where the user says; null for one who gives up. */
function save(filePath: string | null) {
  const showSaveDialog = async () => ({ canceled: filePath === null, filePath: filePath ?? '' })
  return createSaveFile({ showSaveDialog })(join(folder, 'backup.tar.gz'), 'my-world.tar.gz')
}

test('the file is copied to where the user says, over what is there', async () => {
  const target = join(folder, 'there.tar.gz')
  writeFileSync(target, 'old')
  expect(await save(target)).toBe(true)
  expect(readFileSync(target, 'utf8')).toBe('world')
  expect(readdirSync(folder).sort()).toEqual(['backup.tar.gz', 'there.tar.gz'])
})

test('who gives up gets nothing', async () => {
  expect(await save(null)).toBe(false)
  expect(readdirSync(folder)).toEqual(['backup.tar.gz'])
})

test('onto itself it stays what it is', async () => {
  expect(await save(join(folder, 'backup.tar.gz'))).toBe(true)
  expect(readFileSync(join(folder, 'backup.tar.gz'), 'utf8')).toBe('world')
})

test('what can’t be written is told, and leaves nothing', async () => {
  await expect(save(join(folder, 'nowhere', 'x.tar.gz'))).rejects.toMatchObject({ code: 'BACKUP_FAILED' })
  expect(existsSync(join(folder, 'nowhere'))).toBe(false)
})
