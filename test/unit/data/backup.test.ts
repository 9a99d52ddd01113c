import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { backUp } from '../../../src/main/database/backup.ts'
import { backupFolder, listBackups, newestGoodBackup } from '../../../src/main/database/backup-files.ts'
import { keepBackedUp } from '../../../src/main/database/backup-schedule.ts'
import { findInstallation, insertInstallation } from '../../../src/main/database/installation.ts'
import { type Database, openDatabase } from '../../../src/main/database/open.ts'
import { getSetting, setSetting } from '../../../src/main/database/settings.ts'

const DAY = 24 * 60 * 60_000
const today = Date.parse('2026-11-24T12:00:00.000Z')

let dataDir: string
let file: string
let database: Database

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'lightnode-backup-'))
  file = join(dataDir, 'lightnode.db')
  database = openDatabase(file)
  insertInstallation(database, { id: 'this-one', keyCheck: 'v1.x' }, today)
})

afterEach(() => {
  database.close()
  rmSync(dataDir, { recursive: true, force: true })
})

test('a copy is whole, for its owner alone, and named after its time and reason', async () => {
  setSetting(database, 'image', 'game:1')
  const copy = await backUp(database, dataDir, 'daily', today)
  expect(copy).toMatchObject({
    name: 'lightnode-2026-11-24T12-00-00-000Z-daily.db',
    reason: 'daily',
    at: today,
  })
  expect(listBackups(dataDir)).toEqual([copy])
  expect(readdirSync(backupFolder(dataDir))).toEqual([copy.name])
  const path = join(backupFolder(dataDir), copy.name)
  expect(statSync(path).mode & 0o777).toBe(0o600)
  const opened = openDatabase(path)
  expect(findInstallation(opened)?.id).toBe('this-one')
  expect(getSetting(opened, 'image')).toBe('game:1')
  opened.close()
})

test('the last fourteen are kept', async () => {
  for (let day = 0; day < 17; day++) await backUp(database, dataDir, 'daily', today + day * DAY)
  const kept = listBackups(dataDir)
  expect(kept).toHaveLength(14)
  expect(kept[0]?.at).toBe(today + 16 * DAY)
  expect(kept.at(-1)?.at).toBe(today + 3 * DAY)
})

test('the one just made is never the one that goes, also when the clock was far ahead before', async () => {
  for (let day = 0; day < 14; day++) await backUp(database, dataDir, 'daily', today + (300 + day) * DAY)
  for (let day = 0; day < 3; day++) {
    const made = await backUp(database, dataDir, 'asked', today + day * DAY)
    expect(listBackups(dataDir)).toContainEqual(made)
  }
  const kept = listBackups(dataDir)
  expect(kept).toHaveLength(14)
  expect(kept.filter(({ reason }) => reason === 'asked')).toHaveLength(3)
})

test('the newest good one passes over a damaged one', async () => {
  await backUp(database, dataDir, 'daily', today)
  const later = await backUp(database, dataDir, 'daily', today + DAY)
  const path = join(backupFolder(dataDir), later.name)
  writeFileSync(path, readFileSync(path).subarray(0, 5000))
  expect(newestGoodBackup(dataDir)?.at).toBe(today)
})

test('one a day, whatever the clock does', async () => {
  let now = today
  const look = async () => {
    const errors: unknown[] = []
    const end = keepBackedUp({
      database,
      dataDir,
      now: () => now,
      onDone: () => {},
      onError: (e) => errors.push(e),
    })
    await end()
    expect(errors).toEqual([])
    return listBackups(dataDir).map(({ at }) => at)
  }
  expect(await look()).toEqual([today])
  now += DAY - 1
  expect(await look()).toEqual([today])
  now += 1
  expect(await look()).toEqual([today + DAY, today])
  // Set back by a month, and on again: neither loses one.
  now = today - 30 * DAY
  expect(await look()).toHaveLength(3)
  expect(await look()).toHaveLength(3)
})
