import {
  copyFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, expect, onTestFinished, test } from 'vitest'
import { beginLookOnly, readDataState } from '../../../src/main/data/look-only.ts'
import { backUp } from '../../../src/main/database/backup.ts'
import { backupFolder } from '../../../src/main/database/backup-files.ts'
import { insertInstallation } from '../../../src/main/database/installation.ts'
import { type Database, openDatabase } from '../../../src/main/database/open.ts'
import { finishReplacement, replaceDatabase } from '../../../src/main/database/replace.ts'
import { migrations } from '../../../src/main/database/schema.ts'
import { getSetting, setSetting } from '../../../src/main/database/settings.ts'

const today = Date.parse('2026-11-24T12:00:00.000Z')
let dataDir: string
let file: string
/** A copy in which the image is `before:1`; the database says `after:1`, in its log alone. */
let copy: string

beforeEach(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'lightnode-replace-'))
  onTestFinished(() => rmSync(dataDir, { recursive: true, force: true }))
  file = join(dataDir, 'lightnode.db')
  const database = openDatabase(file)
  insertInstallation(database, { id: 'this-one', keyCheck: 'v1.x' }, today)
  setSetting(database, 'image', 'before:1')
  copy = join(backupFolder(dataDir), (await backUp(database, dataDir, 'daily', today)).name)
  setSetting(database, 'image', 'after:1')
  crash(database)
})

/** Closes it so that its files are as a crash leaves them: the last commit stands in the log alone. */
function crash(database: Database): void {
  const parts = ['', '-wal'].map((part) => ({ path: file + part, bytes: readFileSync(file + part) }))
  database.close()
  for (const { path, bytes } of parts) writeFileSync(path, bytes)
}

/** What the database says of itself, opened as every start opens it; it is left as a crash leaves it. */
function read(path = file) {
  const database = openDatabase(path)
  const seen = { image: getSetting(database, 'image'), lookOnly: readDataState(database).lookOnly }
  if (path === file) crash(database)
  else database.close()
  return seen
}

const mark = (database: Database) => beginLookOnly(database, 'the-copy.db', today)

test('a copy comes back, only to be looked at, and what it replaces is kept, log included', () => {
  const kept = replaceDatabase(file, copy, mark)
  expect(read()).toEqual({ image: 'before:1', lookOnly: { restoredFrom: 'the-copy.db', at: today } })
  expect(read(kept!)).toEqual({ image: 'after:1', lookOnly: null })
})

test('a copy that is damaged, or of a newer LightNode, is refused, and nothing is changed', () => {
  const newer = join(dataDir, 'newer.db')
  copyFileSync(copy, newer)
  const bytes = readFileSync(newer)
  // The user version, 4 bytes at offset 60 (SQLite's file format, 1.3).
  bytes.writeUInt32BE(migrations.length + 1, 60)
  writeFileSync(newer, bytes)
  const damaged = join(dataDir, 'damaged.db')
  writeFileSync(damaged, readFileSync(copy).fill(0x5a, 4096, 9000))
  const before = ['', '-wal'].map((part) => readFileSync(file + part))
  expect(() => replaceDatabase(file, newer, mark)).toThrow(
    expect.objectContaining({ code: 'DATABASE_NEWER' }),
  )
  expect(() => replaceDatabase(file, damaged, mark)).toThrow(
    expect.objectContaining({ code: 'BACKUP_DAMAGED' }),
  )
  expect(['', '-wal'].map((part) => readFileSync(file + part))).toEqual(before)
  expect(readdirSync(dataDir).sort()).toEqual([
    'backups',
    'damaged.db',
    'lightnode.db',
    'lightnode.db-wal',
    'newer.db',
  ])
})

test('cut off before it counts, all is as it was; after it, the next start finishes it', () => {
  const old = { image: 'after:1', lookOnly: null }
  const fresh = { image: 'before:1', lookOnly: { restoredFrom: 'the-copy.db', at: today } }
  // Before: the draft is half written.
  writeFileSync(`${file}.replacing`, readFileSync(copy).subarray(0, 5000))
  expect(finishReplacement(file)).toBeNull()
  expect(read()).toEqual(old)
  expect(() =>
    replaceDatabase(file, copy, () => {
      throw new Error('killed')
    }),
  ).toThrow('killed')
  expect(read()).toEqual(old)

  // After: every state between the renames.
  const whole = ['', '-wal'].map((part) => readFileSync(file + part)) as [Buffer, Buffer]
  replaceDatabase(file, copy, mark)
  const replacement = readFileSync(file)
  for (const moved of [[], ['-wal'], ['-wal', '']]) {
    for (const name of readdirSync(dataDir)) if (name !== 'backups') rmSync(join(dataDir, name))
    writeFileSync(`${file}.replacement`, replacement)
    const at = new Date(Math.floor(statSync(`${file}.replacement`).mtimeMs)).toISOString()
    const kept = join(dataDir, `replaced-${at.replace(/[:.]/g, '-')}.db`)
    for (const [index, part] of ['', '-wal'].entries())
      writeFileSync((moved.includes(part) ? kept : file) + part, whole[index]!)

    expect(finishReplacement(file)).toBe(kept)
    expect(read(), moved.join()).toEqual(fresh)
    expect(read(kept), moved.join()).toEqual(old)
    expect(finishReplacement(file)).toBeNull()
  }
})
