import { mkdirSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import SqliteDatabase from 'better-sqlite3'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { isLookOnly } from '../../src/main/data/look-only.ts'
import { backUp } from '../../src/main/database/backup.ts'
import { backupFolder, listBackups } from '../../src/main/database/backup-files.ts'
import { type Database, openDatabase } from '../../src/main/database/open.ts'
import { migrations, runMigrations, schemaVersion } from '../../src/main/database/schema.ts'
import { storageProblem } from '../../src/main/database/storage.ts'
import { identify } from '../../src/main/installation.ts'
import { openData } from '../../src/main/open-data.ts'
import { serverInput, startCore } from '../support/core.ts'
import { engineInfo, fakeEngine, fakeWatch } from '../support/fake-engine.ts'
import { makeSmallDisk, noSmallDisk, type SmallDisk } from '../support/small-disk.ts'
import { dump, failureOf } from '../unit/core/kit.ts'
import { openDataKit } from '../unit/data/data-kit.ts'
import { seeds } from '../unit/data/schema-seeds.ts'

const reason = noSmallDisk()
if (reason !== null) console.warn(`skipped: a full disk (${reason})`)

const KB = 1024

describe.skipIf(reason !== null)('a full disk', () => {
  let disk: SmallDisk
  beforeAll(() => {
    disk = makeSmallDisk(12)
  })
  afterAll(() => disk.remove())

  /** A clean data folder on it. */
  function makeDataDir(): string {
    disk.leave()
    const dataDir = join(disk.folder, 'data')
    mkdirSync(dataDir)
    onTestFinished(() => {
      disk.leave()
      rmSync(dataDir, { recursive: true, force: true })
    })
    return dataDir
  }

  /**
   * Does the work with less and less left, from nothing to plenty. @returns how often it was refused, and done
   */
  async function sweep(work: (free: number) => Promise<unknown>, check: (done: boolean) => unknown) {
    const outcomes = { refused: 0, done: 0 }
    for (let free = 0; outcomes.done < 3 && free < 4000 * KB; free += 24 * KB) {
      disk.leave(free)
      let done = true
      try {
        await work(free)
      } catch (error) {
        expect(storageProblem(error)?.code, String(error)).toBe('STORAGE_FAILED')
        done = false
      }
      disk.leave()
      await check(done)
      outcomes[done ? 'done' : 'refused'] += 1
    }
    expect(outcomes.refused).toBeGreaterThan(2)
    expect(outcomes.done).toBe(3)
    return outcomes
  }

  test('Create is refused with STORAGE_FAILED and nothing half-made; what runs goes on when there is space', async () => {
    const engine = fakeEngine()
    const watch = fakeWatch()
    watch.see({ engine, info: engineInfo })
    const running = await startCore({ dataDir: makeDataDir(), watch, addresses: ['127.0.0.1'] })
    onTestFinished(async () => {
      disk.leave()
      await running.stop()
      engine.close()
    })
    const { core, database } = running
    // Nobody else's: the made-up games listen there.
    core.hosts.update({
      ...{
        id: 'local',
        gamePorts: { first: 21_000, last: 21_059 },
        rconPorts: { first: 21_060, last: 21_119 },
      },
    })
    const create = () => core.servers.create(serverInput({ version: '1.20.4' }), 'test')
    const online = (id: string) =>
      running.until(id, ({ status }) => status === 'online' || status === 'failed', 20_000)
    expect((await online((await create()).id)).status).toBe('online')

    // It fills up in the middle of a launch.
    let full = false
    engine.before = (method) => {
      if (method !== 'createContainer' || full) return
      disk.leave(0)
      full = true
    }
    const cut = await create()
    await expect.poll(() => full).toBe(true)

    // What the log still has room for is taken; then it is refused.
    const table = () => {
      const { servers, ports } = dump(database)
      return {
        servers: servers?.length,
        reserved: ports?.filter((one) => (one as { server_id: unknown }).server_id),
      }
    }
    let failure: Error & { code?: string } = new Error('never refused')
    let before = table()
    for (let n = 0; n < 50; n += 1) {
      before = table()
      const outcome = await create().then(
        () => null,
        (error: Error) => error,
      )
      if (outcome) {
        failure = outcome
        break
      }
    }
    expect(storageProblem(failure), failure.stack).toMatchObject({
      code: 'STORAGE_FAILED',
      message: expect.stringContaining('the disk is full'),
    })
    expect(table()).toEqual(before)
    expect(database.pragma('foreign_key_check')).toEqual([])

    disk.leave()
    expect(await online(cut.id)).toMatchObject({ status: 'online', problem: null })
    expect((await online((await create()).id)).status).toBe('online')
    for (const server of core.servers.list()) expect((await online(server.id)).status).toBe('online')
    expect(engine.containers.size).toBe(core.servers.list().length)
    expect(database.pragma('integrity_check', { simple: true })).toBe('ok')
  }, 120_000)

  test('a copy is whole or not there', async () => {
    const kit = openDataKit({ dataDir: makeDataDir() })
    await kit.add('One')
    const before = dump(kit.database)
    let count = 0
    await sweep(
      () => {
        kit.tick()
        return kit.data.backUp()
      },
      (done) => {
        if (done) count += 1
        expect(kit.data.backups()).toHaveLength(count)
        expect(readdirSync(backupFolder(kit.dataDir))).toHaveLength(count)
        expect(dump(kit.database)).toEqual(before)
      },
    )
    for (const { name } of kit.data.backups()) await kit.data.compare(name)
  })

  test('an export is whole or not there', async () => {
    const kit = openDataKit({ dataDir: makeDataDir() })
    let count = 0
    for (const free of [0, 100 * KB, 400 * KB, 4000 * KB]) {
      kit.tick()
      disk.leave(free)
      const failure = await kit.data.export('a long password', 'test').then(
        () => null,
        (error: unknown) => error,
      )
      disk.leave()
      if (failure) expect(storageProblem(failure)?.code).toBe('STORAGE_FAILED')
      else count += 1
      expect(readdirSync(backupFolder(kit.dataDir))).toHaveLength(count)
    }
    expect(count).toBe(1)
  })

  test('a migration is done or was never begun', async () => {
    const dataDir = makeDataDir()
    const file = join(dataDir, 'lightnode.db')
    const make = () => {
      for (const name of readdirSync(dataDir)) rmSync(join(dataDir, name), { recursive: true })
      const database = new SqliteDatabase(file)
      database.pragma('journal_mode = WAL')
      for (let step = 1; step < migrations.length; step += 1) {
        runMigrations(database, migrations.slice(0, step))
        database.exec(seeds[step - 1] ?? '')
      }
      const rows = dump(database)
      database.close()
      return rows
    }
    let before = make()
    await sweep(
      async () => openDatabase(file).close(),
      (done) => {
        const database = new SqliteDatabase(file)
        const version = schemaVersion(database)
        if (done) expect(version).toBe(migrations.length)
        const rows = dump(database)
        for (const [table, all] of Object.entries(before)) expect(rows[table], table).toMatchObject(all)
        database.close()
        // What there is of copies is whole.
        const copies = existing(backupFolder(dataDir))
        expect(copies).toHaveLength(listBackups(dataDir).length)
        // With space the next start does it.
        openDatabase(file).close()
        before = make()
      },
    )
  })

  test('a restore in place is done or changes nothing', async () => {
    const kit = openDataKit({ dataDir: makeDataDir() })
    await kit.add('Then')
    const { name } = await kit.data.backUp()
    kit.tick()
    await kit.add('Now')
    const rows = () => {
      const { activity, settings, ...rest } = dump(kit.database)
      return rest
    }
    let before = rows()
    const lookWhole = () => {
      const copies = kit.data.backups()
      expect(readdirSync(backupFolder(kit.dataDir))).toHaveLength(copies.length)
      expect(kit.database.pragma('integrity_check', { simple: true })).toBe('ok')
    }
    await sweep(
      () => {
        kit.tick()
        return kit.data.restore(name, 'test')
      },
      (done) => {
        lookWhole()
        expect(isLookOnly(kit.database)).toBe(done)
        if (!done) return expect(rows()).toEqual(before)
        expect(rows()).not.toEqual(before)
        // Back to what it was, for the next try.
        kit.database.exec("DELETE FROM settings WHERE name = 'look-only'")
        kit.database.exec('UPDATE servers SET memory_mb = memory_mb + 1')
        before = rows()
      },
    )
  })

  test('a restore at a start is done or changes nothing', async () => {
    const dataDir = makeDataDir()
    const start = (restore: string | null) => openData({ dataDir, keyring: null, restore }, Date.now())
    const made = await start(null)
    await identify(made, dataDir, null, 1)
    const { name } = await backUp(made, dataDir, 'daily', 1)
    made.exec("INSERT INTO regions VALUES ('later', 'Later', 1)")
    const countOf = (database: Database) => dump(database).regions?.length
    made.close()
    await sweep(
      async () => (await start(name)).close(),
      (done) => {
        expect(existing(dataDir).filter((one) => /\.repla/.test(one))).toEqual([])
        const database = openDatabase(join(dataDir, 'lightnode.db'))
        // It may have been done, and the start that follows it refused.
        if (done) expect(isLookOnly(database)).toBe(true)
        expect(countOf(database)).toBe(isLookOnly(database) ? 0 : 1)
        if (isLookOnly(database)) database.exec("INSERT INTO regions VALUES ('later', 'Later', 1)")
        database.exec("DELETE FROM settings WHERE name = 'look-only'")
        database.close()
        for (const one of existing(dataDir)) if (one.startsWith('replaced-')) rmSync(join(dataDir, one))
      },
    )
    expect(await failureOf(() => start('nothere.db'))).toMatchObject({ code: 'INVALID_INPUT' })
  })
})

function existing(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}
