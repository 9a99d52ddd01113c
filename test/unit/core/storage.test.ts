import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { openDatabase } from '../../../src/main/database/open.ts'
import { storageProblem, watchPlace } from '../../../src/main/database/storage.ts'
import { createLogger } from '../../../src/main/observe/logger.ts'
import { failureOf, openKit, input as serverInput } from './kit.ts'
import { openLaunchKit } from './launch-kit.ts'

const folders: string[] = []
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
})

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

describe('while the data folder takes nothing', () => {
  test('Create is refused with STORAGE_FAILED, and nothing of it is left', async () => {
    const kit = openKit()
    kit.database.pragma('query_only = ON')
    const error = await failureOf(() => kit.provision(serverInput()))
    kit.database.pragma('query_only = OFF')
    expect(storageProblem(error)).toMatchObject({
      code: 'STORAGE_FAILED',
      message: 'LightNode cannot write to its data folder: it may not be written to (SQLITE_READONLY).',
    })
    expect(kit.counts('game').reserved).toBe(0)
    expect((await kit.provision(serverInput())).port).toBe(25565)
  })

  test('a full disk is called what it is', () => {
    const kit = openKit()
    const pages = Number(kit.database.pragma('page_count', { simple: true }))
    kit.database.pragma(`max_page_count = ${pages}`)
    let error: unknown
    try {
      kit.database.prepare('INSERT INTO settings VALUES (?, ?)').run('image', 'x'.repeat(1_000_000))
    } catch (thrown) {
      error = thrown
    }
    expect(storageProblem(error)?.message).toBe(
      'LightNode cannot write to its data folder: the disk is full (SQLITE_FULL).',
    )
    expect(storageProblem(new Error('something else'))).toBeNull()
  })

  test.each(['hasImage', 'createContainer', 'startContainer', 'setRestartPolicy'] as const)(
    'a launch waits (from %s on), and goes on by itself',
    async (at) => {
      const kit = openLaunchKit()
      kit.engine.before = (method) => {
        if (method === at) kit.database.pragma('query_only = ON')
      }
      const { id } = await kit.create()
      await pause(300)
      kit.engine.before = () => {}
      kit.database.pragma('query_only = OFF')
      const server = await kit.until(id, (one) => one.status === 'online' || one.status === 'failed')
      expect(server).toMatchObject({ status: 'online', problem: null, run: { state: 'succeeded' } })
      expect(kit.engine.containers.size).toBe(1)
    },
  )

  test('a verdict that could not be written down is given later', async () => {
    const kit = openLaunchKit({ verifyLimitMs: 100 })
    kit.engine.versionName = null
    kit.engine.before = (method) => {
      if (method === 'stopContainer') kit.database.pragma('query_only = ON')
    }
    const { id } = await kit.create()
    await pause(1500)
    kit.engine.before = () => {}
    kit.database.pragma('query_only = OFF')
    expect((await kit.until(id, 'failed')).problem?.code).toBe('NOT_READY')
  })

  test.skipIf(process.platform === 'win32')('a database that was removed or replaced is noticed', () => {
    const folder = mkdtempSync(join(tmpdir(), 'lightnode-moved-'))
    folders.push(folder)
    const file = join(folder, 'lightnode.db')
    const database = openDatabase(file)
    const refuseLost = watchPlace(file)
    refuseLost()
    rmSync(file)
    expect(refuseLost).toThrow('was removed or replaced')
    openDatabase(file).close()
    expect(refuseLost).toThrow('was removed or replaced')
    database.close()
  })

  test.skipIf(process.platform !== 'linux')('a log that can’t be written ends nothing', () => {
    const folder = mkdtempSync(join(tmpdir(), 'lightnode-log-'))
    folders.push(folder)
    mkdirSync(join(folder, 'logs'))
    symlinkSync('/dev/full', join(folder, 'logs', 'lightnode.log'))
    const logger = createLogger(folder, 'info')
    for (let line = 0; line < 2000; line += 1) logger.info({ text: 'x'.repeat(1000) }, 'a line')
  })
})
