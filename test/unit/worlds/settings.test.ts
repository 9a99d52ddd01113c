import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openDatabase } from '../../../src/main/database/open.ts'
import { readWorldSettings, writeWorldSettings } from '../../../src/main/worlds/settings.ts'
import { failureOf } from '../core/kit.ts'

let dataDir: string
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'lightnode-settings-'))
})
afterEach(() => rmSync(dataDir, { recursive: true, force: true }))

const database = () => openDatabase(':memory:')

test('what was never set goes with the data folder', async () => {
  const db = database()
  await writeWorldSettings(db, dataDir, { keep: 3, daily: false })
  expect(readWorldSettings(db, dataDir)).toEqual({
    ...{ folder: join(dataDir, 'worlds'), daily: false, keep: 3, keepGb: 50 },
  })
  expect(readWorldSettings(db, '/moved').folder).toBe('/moved/worlds')
})

test('a folder is made when it is chosen, and not again when its disk is gone', async () => {
  const db = database()
  const folder = join(dataDir, 'disk', 'worlds')
  await writeWorldSettings(db, dataDir, { folder })
  expect(existsSync(folder)).toBe(true)
  rmSync(join(dataDir, 'disk'), { recursive: true })
  await writeWorldSettings(db, dataDir, { folder, keep: 9 })
  expect(existsSync(folder)).toBe(false)
  expect(readWorldSettings(db, dataDir)).toMatchObject({ folder, keep: 9 })
})

test('a folder that can’t be used is refused, and nothing is written', async () => {
  const db = database()
  writeFileSync(join(dataDir, 'file'), '')
  for (const folder of ['relative', join(dataDir, 'file'), join(dataDir, 'file', 'below')]) {
    const error = await failureOf(() => writeWorldSettings(db, dataDir, { folder, keep: 9 }))
    expect(error).toMatchObject({ code: 'INVALID_INPUT', data: { fields: [{ field: 'worlds.folder' }] } })
  }
  expect(readWorldSettings(db, dataDir)).toMatchObject({ folder: join(dataDir, 'worlds'), keep: 7 })
})
