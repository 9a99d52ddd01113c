import { randomBytes } from 'node:crypto'
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
import SqliteDatabase from 'better-sqlite3'
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { openDatabase } from '../../../src/main/database/open.ts'
import { endRun, findLastRun, insertRun, openRuns } from '../../../src/main/database/runs.ts'
import { migrations } from '../../../src/main/database/schema.ts'
import { ensureLocalHost } from '../../../src/main/servers/hosts.ts'
import { dump, failureOf, LOCAL, openKit } from './kit.ts'

let file: string
let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lightnode-db-'))
  file = join(folder, 'deep', 'lightnode.db')
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
})

/** A database with something in it, closed. */
function make(): Buffer {
  const database = openDatabase(file)
  ensureLocalHost(database)
  database.close()
  return readFileSync(file)
}

const version = (database: SqliteDatabase.Database) => database.pragma('user_version', { simple: true })

describe('a database', () => {
  test('is made with the current schema, for its owner alone', () => {
    const database = openDatabase(file)
    expect(version(database)).toBe(migrations.length)
    ensureLocalHost(database)
    if (process.platform !== 'win32')
      for (const name of readdirSync(join(folder, 'deep')))
        expect(statSync(join(folder, 'deep', name)).mode & 0o777).toBe(0o600)
    expect(statSync(join(folder, 'deep')).mode & 0o077).toBe(process.platform === 'win32' ? 0o066 : 0)
    database.close()
  })

  test('opens again as it was, and makes no copy where nothing is migrated', () => {
    make()
    const database = openDatabase(file)
    expect(database.prepare('SELECT count(*) FROM ports').pluck().get()).toBe(872)
    database.close()
    expect(readdirSync(join(folder, 'deep'))).toEqual(['lightnode.db'])
  })

  test('keeps what it has committed through a power cut, and its references whole', () => {
    const database = openDatabase(file)
    // 2 is FULL.
    expect(database.pragma('synchronous', { simple: true })).toBe(2)
    expect(database.pragma('journal_mode', { simple: true })).toBe('wal')
    expect(database.pragma('foreign_keys', { simple: true })).toBe(1)
    expect(database.pragma('fullfsync', { simple: true })).toBe(1)
    ensureLocalHost(database)
    expect(() =>
      database.exec("UPDATE ports SET server_id = 'none', reserved_at = 1 WHERE port = 25565"),
    ).toThrow(/FOREIGN KEY/)
    expect(() => database.exec("DELETE FROM hosts WHERE id = 'local'")).toThrow(/FOREIGN KEY/)
    database.close()
  })

  test('holds no value of a wrong type or state', () => {
    const { database } = openKit()
    for (const wrong of [
      "UPDATE ports SET port = 'many' WHERE port = 25565",
      'UPDATE ports SET blocked_since = 1 WHERE port = 25565',
      'UPDATE ports SET reserved_at = 1 WHERE port = 25565',
      "UPDATE pools SET first_port = 1 WHERE purpose = 'game'",
      "UPDATE pools SET last_port = 25000 WHERE purpose = 'game'",
      "INSERT INTO pools VALUES ('local', 'query', 2000, 3000)",
      "INSERT INTO sessions VALUES ('h', 'panel', NULL, 1)",
    ])
      expect(() => database.exec(wrong), wrong).toThrow(/CHECK|cannot store/)
  })
})

describe('a database of a newer LightNode', () => {
  test('is refused and not touched', async () => {
    make()
    const newer = new SqliteDatabase(file)
    newer.pragma(`user_version = ${migrations.length + 1}`)
    newer.exec('CREATE TABLE later (x)')
    newer.close()
    const before = readFileSync(file)
    expect((await failureOf(() => openDatabase(file))).code).toBe('DATABASE_NEWER')
    expect(readFileSync(file).equals(before)).toBe(true)
  })

  test('is not touched either where it is no longer in write-ahead mode', async () => {
    make()
    const newer = new SqliteDatabase(file)
    newer.pragma('journal_mode = DELETE')
    newer.pragma(`user_version = ${migrations.length + 1}`)
    newer.close()
    const before = readFileSync(file)
    expect((await failureOf(() => openDatabase(file))).code).toBe('DATABASE_NEWER')
    expect(readFileSync(file).equals(before)).toBe(true)
  })
})

describe('a damaged database', () => {
  const damage: [string, (whole: Buffer) => Buffer][] = [
    [
      'is no database at all',
      () => Buffer.from('this is not a database, it is a letter to a friend'.repeat(30)),
    ],
    ['has lost its header', (whole) => Buffer.concat([randomBytes(100), whole.subarray(100)])],
    ['is cut off', (whole) => whole.subarray(0, whole.length / 2)],
    [
      'has pages of garbage',
      (whole) => {
        const bytes = Buffer.from(whole)
        randomBytes(4096 * 8).copy(bytes, 4096 * 3)
        return bytes
      },
    ],
    [
      'has pages of garbage and is out of write-ahead mode',
      (whole) => {
        const bytes = Buffer.from(whole)
        bytes[18] = 1
        bytes[19] = 1
        randomBytes(4096 * 8).copy(bytes, 4096 * 3)
        return bytes
      },
    ],
  ]

  test.each(damage)('that %s is refused and left as it is', async (_what, spoil) => {
    const bytes = spoil(make())
    writeFileSync(file, bytes)
    const error = await failureOf(() => openDatabase(file))
    expect(error).toMatchObject({
      code: 'DATABASE_DAMAGED',
      data: { remedy: expect.stringContaining('backups') },
    })
    expect(readFileSync(file).equals(bytes)).toBe(true)
  })

  test('keeps the log of a crash beside it for whoever mends it', async () => {
    make()
    const database = openDatabase(file)
    database.exec("UPDATE regions SET name = 'changed'")
    // As a crash leaves them: the change is in the log alone.
    const crashed = join(folder, 'crashed.db')
    copyFileSync(file, crashed)
    copyFileSync(`${file}-wal`, `${crashed}-wal`)
    database.close()
    const bytes = readFileSync(crashed)
    randomBytes(4096 * 8).copy(bytes, 4096 * 3)
    writeFileSync(crashed, bytes)
    const log = readFileSync(`${crashed}-wal`)
    expect((await failureOf(() => openDatabase(crashed))).code).toBe('DATABASE_DAMAGED')
    expect(readFileSync(crashed).equals(bytes)).toBe(true)
    expect(readFileSync(`${crashed}-wal`).equals(log)).toBe(true)
  })

  test('is told from one that a crash left with its log, which opens', () => {
    make()
    const database = openDatabase(file)
    database.exec("UPDATE regions SET name = 'changed'")
    const crashed = join(folder, 'crashed.db')
    copyFileSync(file, crashed)
    copyFileSync(`${file}-wal`, `${crashed}-wal`)
    database.close()
    const again = openDatabase(crashed)
    expect(again.prepare('SELECT name FROM regions').pluck().get()).toBe('changed')
    again.close()
  })
})

describe('UNIQUE', () => {
  test('holds: one port of a purpose for a server, one server for a port', async () => {
    const { database, reserve } = openKit()
    await reserve('a')
    await reserve('b')
    const take = (server: string, port: number) => () =>
      database.prepare('UPDATE ports SET server_id = ?, reserved_at = 1 WHERE port = ?').run(server, port)
    expect(take('a', 25570)).toThrow(/UNIQUE constraint failed: ports.server_id, ports.purpose/)
    expect(take('a', 26010)).toThrow(/UNIQUE/)
    expect(() =>
      database.prepare("INSERT INTO ports (host_id, port, purpose) VALUES (?, 25565, 'rcon')").run(LOCAL),
    ).toThrow(/UNIQUE/)
  })

  test('holds: names per owner, container, volume and panel user names', async () => {
    const { database, reserve } = openKit()
    await reserve('a')
    await reserve('b')
    for (const column of ['name_key', 'container_name', 'volume_name', 'panel_username']) {
      const copy = database.prepare(
        `UPDATE servers SET ${column} = (SELECT ${column} FROM servers WHERE id = 'a') WHERE id = 'b'`,
      )
      expect(() => copy.run()).toThrow(/UNIQUE/)
    }
  })

  test('holds: one open run for a server', async () => {
    const { database, reserve } = openKit()
    await reserve('a')
    insertRun(database, { id: 'one', serverId: 'a', startedAt: 5 })
    const before = dump(database)
    const error = await failureOf(() => insertRun(database, { id: 'two', serverId: 'a', startedAt: 6 }))
    expect(error).toMatchObject({
      code: 'SQLITE_CONSTRAINT_UNIQUE',
      message: 'UNIQUE constraint failed: runs.server_id',
    })
    expect(dump(database)).toEqual(before)
    endRun(database, 'one', { state: 'succeeded' }, 7)
    insertRun(database, { id: 'two', serverId: 'a', startedAt: 6 })
    expect(openRuns(database).map(({ id }) => id)).toEqual(['two'])
  })
})

test('the open run is the last one, even after the clock was set back', async () => {
  const { database, reserve } = openKit()
  await reserve('a')
  insertRun(database, { id: 'one', serverId: 'a', startedAt: 5000 })
  endRun(database, 'one', { state: 'failed', code: 'NOT_READY', message: 'late' }, 6000)
  insertRun(database, { id: 'two', serverId: 'a', startedAt: 100 })
  expect(findLastRun(database, 'a')?.id).toBe('two')
})
