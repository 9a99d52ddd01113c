import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readDataState } from '../../../src/main/data/look-only.ts'
import { backUp } from '../../../src/main/database/backup.ts'
import { backupFolder } from '../../../src/main/database/backup-files.ts'
import { setPools } from '../../../src/main/database/ports.ts'
import { openSessions } from '../../../src/main/database/sessions.ts'
import { setSetting } from '../../../src/main/database/settings.ts'
import { identify } from '../../../src/main/installation.ts'
import { openData } from '../../../src/main/open-data.ts'
import { ensureLocalHost, LOCAL } from '../../../src/main/servers/hosts.ts'
import { LightNodeError } from '../../../src/shared/errors.ts'
import { dump, smallRanges } from '../core/kit.ts'

const NOW = Date.parse('2026-11-24T12:00:00.000Z')
let folder: string
/** What a data folder of LightNode holds, and the name of its copy. */
let whole: { database: Buffer; key: Buffer; copy: Buffer; rows: Record<string, unknown[]> }
let name: string

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'lightnode-damage-'))
  const database = await openData({ dataDir: folder, keyring: null, restore: null }, NOW)
  await identify(database, folder, null, NOW)
  ensureLocalHost(database)
  setPools(database, LOCAL, smallRanges(40))
  for (let n = 0; n < 60; n += 1)
    database.exec(`INSERT INTO activity (at, actor, action, level, message)
      VALUES (${n}, 'test', 'test.${n}', 'info', '${'text '.repeat(30)}')`)
  // No page of it is free: damage there would be none.
  database.exec('VACUUM')
  openSessions(database, () => NOW).create({ kind: 'operator' })
  const rows = { ...dump(database), sessions: [] }
  name = (await backUp(database, folder, 'daily', NOW)).name
  // Of what comes later the copy knows nothing.
  setSetting(database, 'image', 'later:1')
  database.close()
  whole = {
    rows,
    database: readFileSync(join(folder, 'lightnode.db')),
    key: readFileSync(join(folder, 'data.key')),
    copy: readFileSync(join(backupFolder(folder), name)),
  }
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** A data folder with this database in it. */
function put(database: Buffer): string {
  const dataDir = join(folder, 'data')
  rmSync(dataDir, { recursive: true, force: true })
  mkdirSync(backupFolder(dataDir), { recursive: true })
  writeFileSync(join(dataDir, 'lightnode.db'), database)
  writeFileSync(join(dataDir, 'data.key'), whole.key)
  writeFileSync(join(backupFolder(dataDir), name), whole.copy)
  return dataDir
}

/** But for what a look leaves that was cut short by the damage: an empty log. */
const filesOf = (dataDir: string) =>
  readdirSync(dataDir)
    .filter((one) => !/-(wal|shm)$/.test(one))
    .sort()

/**
 * Starts on a database that was damaged. Either it is refused: then no byte of it changes, the copy is named, and
 * `--restore` brings that back; or what was damaged is no structure, and everything is there.
 */
async function judge(damaged: Buffer): Promise<string> {
  const dataDir = put(damaged)
  const file = join(dataDir, 'lightnode.db')
  try {
    const database = await openData({ dataDir, keyring: null, restore: null }, NOW)
    const seen = dump(database)
    database.close()
    const counts = (rows: Record<string, unknown[]>) =>
      Object.fromEntries(Object.entries(rows).map(([table, { length }]) => [table, length]))
    expect(counts(seen)).toEqual({ ...counts(whole.rows), settings: 1, sessions: 1 })
    return 'opened'
  } catch (error) {
    if (!(error instanceof LightNodeError)) throw error
    expect(readFileSync(file).equals(damaged)).toBe(true)
    if (error.code === 'DATABASE_NEWER') return error.code
    expect(error.code).toBe('DATABASE_DAMAGED')
    expect(error.data.remedy).toContain(`--restore ${name} `)
  }
  const database = await openData({ dataDir, keyring: null, restore: name }, NOW + 1)
  expect(readDataState(database).lookOnly).toEqual({ restoredFrom: name, at: NOW + 1 })
  const { settings, ...rest } = dump(database)
  expect(rest).toEqual(
    Object.fromEntries(Object.entries(whole.rows).filter(([table]) => table !== 'settings')),
  )
  expect(settings).toHaveLength(1)
  expect((await identify(database, dataDir, null, NOW)).installationId).toBeTruthy()
  database.close()
  const kept = readdirSync(dataDir).filter((one) => /^replaced-.*\.db$/.test(one))
  expect(kept).toHaveLength(1)
  expect(readFileSync(join(dataDir, kept[0]!)).equals(damaged)).toBe(true)
  return 'refused'
}

test('whatever bytes are flipped in whatever pages, nothing is made anew in silence', async () => {
  const outcomes: Record<string, number> = {}
  const flips = fc.array(
    fc.record({
      at: fc.integer({ min: 0, max: whole.database.length - 1 }),
      bits: fc.integer({ min: 1, max: 255 }),
    }),
    { minLength: 1, maxLength: 40 },
  )
  await fc.assert(
    fc.asyncProperty(flips, async (all) => {
      const damaged = Buffer.from(whole.database)
      for (const { at, bits } of all) damaged[at]! ^= bits
      const outcome = await judge(damaged)
      outcomes[outcome] = (outcomes[outcome] ?? 0) + 1
    }),
    { numRuns: 150 },
  )
  process.stdout.write(`flipped bytes: ${JSON.stringify(outcomes)}\n`)
  expect(outcomes.refused).toBeGreaterThan(50)
}, 120_000)

test('whole pages of garbage are always found', async () => {
  const pages = whole.database.length / 4096
  const garbage = fc.record({ page: fc.integer({ min: 0, max: pages - 1 }), seed: fc.integer() })
  await fc.assert(
    fc.asyncProperty(garbage, async ({ page, seed }) => {
      const damaged = Buffer.from(whole.database)
      for (let at = 0; at < 4096; at += 32)
        createHash('sha256')
          .update(`${seed} ${at}`)
          .digest()
          .copy(damaged, page * 4096 + at)
      expect(await judge(damaged)).toBe('refused')
    }),
    { numRuns: 60 },
  )
}, 120_000)

test('any byte of its header', async () => {
  const outcomes: Record<string, number> = {}
  for (let at = 0; at < 100; at += 1) {
    const damaged = Buffer.from(whole.database)
    damaged[at]! ^= 0x11
    const outcome = await judge(damaged)
    outcomes[outcome] = (outcomes[outcome] ?? 0) + 1
  }
  process.stdout.write(`bytes of the header: ${JSON.stringify(outcomes)}\n`)
}, 60_000)

test('a copy that is damaged itself is neither offered nor restored', async () => {
  const damaged = Buffer.from(whole.database).fill(0x5a, 4096, 20_000)
  const dataDir = put(damaged)
  writeFileSync(join(backupFolder(dataDir), name), damaged)
  const start = (restore: string | null) => openData({ dataDir, keyring: null, restore }, NOW)
  await expect(start(null)).rejects.toMatchObject({
    code: 'DATABASE_DAMAGED',
    data: { remedy: expect.not.stringContaining('--restore') },
  })
  await expect(start(name)).rejects.toMatchObject({ code: 'BACKUP_DAMAGED' })
  expect(readFileSync(join(dataDir, 'lightnode.db')).equals(damaged)).toBe(true)
  expect(filesOf(dataDir)).toEqual(['backups', 'data.key', 'lightnode.db'])
})

test('a copy that another key has sealed is not restored at a start, and nothing is changed', async () => {
  const dataDir = put(whole.database)
  writeFileSync(join(dataDir, 'data.key'), Buffer.alloc(32, 7).toString('base64'))
  await expect(openData({ dataDir, keyring: null, restore: name }, NOW)).rejects.toMatchObject({
    code: 'KEY_UNAVAILABLE',
  })
  expect(readFileSync(join(dataDir, 'lightnode.db')).equals(whole.database)).toBe(true)
  expect(filesOf(dataDir)).toEqual(['backups', 'data.key', 'lightnode.db'])
})
