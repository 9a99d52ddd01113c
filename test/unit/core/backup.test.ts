import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import {
  backUp,
  backupFolder,
  listBackups,
  newestGoodBackup,
  restoreBackup,
} from '../../../src/main/database/backup.ts'
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

test('the newest good one passes over a damaged one', async () => {
  await backUp(database, dataDir, 'daily', today)
  const later = await backUp(database, dataDir, 'daily', today + DAY)
  const path = join(backupFolder(dataDir), later.name)
  writeFileSync(path, readFileSync(path).subarray(0, 5000))
  expect(newestGoodBackup(dataDir)?.at).toBe(today)
})

test('a restore brings the copy back and keeps what it replaces, log included', async () => {
  setSetting(database, 'image', 'before:1')
  const copy = await backUp(database, dataDir, 'daily', today)
  setSetting(database, 'image', 'after:1')
  // As a crash leaves it: the last commit stands in the log alone.
  const crashed = [file, `${file}-wal`].map((path) => readFileSync(path))
  database.close()
  writeFileSync(file, crashed[0]!)
  writeFileSync(`${file}-wal`, crashed[1]!)

  const kept = restoreBackup(file, join(backupFolder(dataDir), copy.name), today + 1)
  database = openDatabase(file)
  expect(getSetting(database, 'image')).toBe('before:1')
  const replaced = openDatabase(kept!)
  expect(getSetting(replaced, 'image')).toBe('after:1')
  replaced.close()
})

test('a damaged copy is not restored, and nothing is changed', async () => {
  const copy = await backUp(database, dataDir, 'daily', today)
  const path = join(backupFolder(dataDir), copy.name)
  writeFileSync(path, 'not a database')
  database.close()
  const before = readFileSync(file)
  expect(() => restoreBackup(file, path, today)).toThrow(/does not verify/)
  expect(readFileSync(file).equals(before)).toBe(true)
  database = openDatabase(file)
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
