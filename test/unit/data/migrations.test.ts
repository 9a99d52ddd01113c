import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import SqliteDatabase from 'better-sqlite3'
import { describe, expect, test } from 'vitest'
import { backupFolder, listBackups } from '../../../src/main/database/backup-files.ts'
import { type Database, openDatabase } from '../../../src/main/database/open.ts'
import { openPrivateCopy } from '../../../src/main/database/private-copy.ts'
import { migrations, runMigrations, schemaVersion } from '../../../src/main/database/schema.ts'
import { dump, failureOf } from '../core/kit.ts'
import { makeFolder } from './data-kit.ts'
import { seeds } from './schema-seeds.ts'

const earlier = migrations.slice(1).map((_, index) => index + 1)
const hash = (file: string) => createHash('sha256').update(readFileSync(file)).digest('hex')
const schemaOf = (database: Database) =>
  database.prepare('SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY name').all()

/** A database as an earlier LightNode left it, with rows in every table; closed. */
function makeAt(version: number): { dataDir: string; file: string; rows: Record<string, unknown[]> } {
  const dataDir = makeFolder()
  const file = join(dataDir, 'lightnode.db')
  const database = new SqliteDatabase(file)
  database.pragma('journal_mode = WAL')
  database.pragma('foreign_keys = ON')
  for (let step = 1; step <= version; step += 1) {
    runMigrations(database, migrations.slice(0, step))
    database.exec(seeds[step - 1] ?? '')
  }
  const rows = dump(database)
  database.close()
  return { dataDir, file, rows }
}

/** Whether every row of before is there, with all that it had. */
function expectKept(database: Database, before: Record<string, unknown[]>): void {
  const after = dump(database)
  for (const [table, rows] of Object.entries(before)) {
    expect(after[table], table).toHaveLength(rows.length)
    expect(after[table], table).toMatchObject(rows)
  }
  expect(database.pragma('integrity_check', { simple: true })).toBe('ok')
  expect(database.pragma('foreign_key_check')).toEqual([])
}

test('there are rows for every earlier schema, in every table of it', () => {
  expect(seeds).toHaveLength(earlier.length)
  for (const version of earlier)
    for (const [table, rows] of Object.entries(makeAt(version).rows))
      expect(rows.length, `${table} of schema ${version}`).toBeGreaterThan(0)
})

describe.each(earlier)('from schema %i', (version) => {
  test('every row arrives, and a verified copy of before is kept', () => {
    const { dataDir, file, rows } = makeAt(version)
    const database = openDatabase(file)
    expect(schemaVersion(database)).toBe(migrations.length)
    expectKept(database, rows)
    const fresh = openDatabase(':memory:')
    expect(schemaOf(database)).toEqual(schemaOf(fresh))
    fresh.close()
    database.close()

    const [copy] = listBackups(dataDir)
    expect(copy?.reason).toBe(`before-migration-${version}`)
    expect(readdirSync(backupFolder(dataDir))).toEqual([copy?.name])
    const kept = new SqliteDatabase(join(backupFolder(dataDir), copy!.name), { readonly: true })
    expect(schemaVersion(kept)).toBe(version)
    expect(dump(kept)).toEqual(rows)
    kept.close()
  })

  test('cut off after any statement of any step, it is as before that step, and the next start does it', () => {
    const { file, rows } = makeAt(version)
    const database = new SqliteDatabase(file)
    database.pragma('foreign_keys = ON')
    for (let step = version; step < migrations.length; step += 1) {
      const before = { schema: schemaOf(database), rows: dump(database) }
      const statements = migrations[step]!.split(/(?<=;)\n/)
      expect(statements.length).toBeGreaterThan(1)
      for (let done = 0; done <= statements.length; done += 1) {
        const cutOff = [...statements.slice(0, done), 'INSERT INTO nothing_here VALUES (1);'].join('\n')
        expect(() => runMigrations(database, [...migrations.slice(0, step), cutOff])).toThrow(/no such table/)
        expect(schemaVersion(database)).toBe(step)
        expect({ schema: schemaOf(database), rows: dump(database) }).toEqual(before)
      }
      runMigrations(database, migrations.slice(0, step + 1))
    }
    expectKept(database, rows)
    database.close()
  })

  test('without a copy nothing is migrated', async () => {
    const { dataDir, file, rows } = makeAt(version)
    // No folder can be made there.
    writeFileSync(backupFolder(dataDir), 'in the way')
    await failureOf(() => openDatabase(file))
    const database = new SqliteDatabase(file, { readonly: true })
    expect(schemaVersion(database)).toBe(version)
    expect(dump(database)).toEqual(rows)
    database.close()
  })

  test('a copy of it can be looked into as if it were of today, and stays as it is', () => {
    const { dataDir, file, rows } = makeAt(version)
    const before = hash(file)
    const copy = openPrivateCopy(file, dataDir)
    expectKept(copy.database, rows)
    expect(schemaVersion(copy.database)).toBe(migrations.length)
    copy.close()
    expect(hash(file)).toBe(before)
    expect(readdirSync(backupFolder(dataDir))).toEqual([])
  })
})

test('a database of a newer LightNode is refused, and no byte of its folder changes', async () => {
  const { dataDir, file } = makeAt(migrations.length - 1)
  const made = openDatabase(file)
  made.pragma(`user_version = ${migrations.length + 1}`)
  made.exec('CREATE TABLE later (x)')
  // As a crash leaves it: the newest is in the log alone.
  const bytes = ['', '-wal'].map((part) => readFileSync(file + part))
  made.close()
  const crashed = join(dataDir, 'crashed')
  mkdirSync(crashed)
  const newer = join(crashed, 'lightnode.db')
  for (const [index, part] of ['', '-wal'].entries()) writeFileSync(newer + part, bytes[index]!)
  const before = [hash(newer), hash(`${newer}-wal`)]
  expect((await failureOf(() => openDatabase(newer))).code).toBe('DATABASE_NEWER')
  expect([hash(newer), hash(`${newer}-wal`)]).toEqual(before)
  expect(readdirSync(crashed).filter((name) => !name.endsWith('-shm'))).toEqual([
    'lightnode.db',
    'lightnode.db-wal',
  ])
})
