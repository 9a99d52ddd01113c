import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { updateServer } from '../../../src/main/database/servers.ts'
import { findOpenTask } from '../../../src/main/database/tasks.ts'
import { EngineError } from '../../../src/main/engine/types.ts'
import { failureOf } from '../core/kit.ts'
import { carried, online, openRuined, openWorldsKit, ruined, type WorldsKit } from './worlds-kit.ts'

/** The game ran on, on what it had. */
function expectUntouched(kit: WorldsKit, volumeName: string): void {
  expect(kit.server()).toMatchObject({ status: 'online', volumeName })
  expect(kit.engine.calls.filter((call) => call.startsWith('stopContainer'))).toEqual([])
  expect(kit.volumes()).toEqual([volumeName])
  expect(kit.volume(volumeName)).toEqual(ruined)
  expect(kit.helpers()).toBe(0)
  expect(kit.core.worlds.copies(kit.id)).toEqual([])
}

describe('a backup into its own server', () => {
  test('takes the place of the world, which is kept', async () => {
    const { kit, backup, before } = await openRuined()
    updateServer(kit.database, kit.id, { type: 'PAPER', version: '1.21', resolvedVersion: '1.21' })
    expect((await kit.core.worlds.restore(backup.id, kit.id, 'test')).task).toMatchObject({ kind: 'restore' })
    await kit.idle()
    const after = await kit.until(online)
    expect(after).toMatchObject({
      type: 'VANILLA',
      version: '1.20.4',
      port: before.port,
      task: null,
      problem: null,
    })
    expect(after.volumeName).toMatch(new RegExp(`^${before.containerName}-w-\\w{6}$`))
    expect(kit.volume(after.volumeName)).toEqual(carried)
    expect(kit.volume(before.volumeName)).toEqual(ruined)
    expect(kit.engine.containers.get(after.containerName)!.spec.mount.source).toBe(after.volumeName)
    expect(kit.core.worlds.copies(kit.id)).toMatchObject([
      { volumeName: before.volumeName, reason: 'restore', type: 'PAPER', version: '1.21' },
    ])
    expect(kit.helpers()).toBe(0)
    // The game runs on until the new world is there and verified.
    const { calls } = kit.engine
    const last = calls.findLastIndex((call) => call.startsWith('readArchive'))
    expect(calls.findIndex((call) => call.startsWith('stopContainer'))).toBeGreaterThan(last)
  })

  test('stays stopped where it was', async () => {
    const { kit, backup } = await openRuined()
    await kit.stopGame()
    await kit.core.worlds.restore(backup.id, kit.id, 'test')
    expect(await kit.idle()).toMatchObject({ status: 'stopped' })
    expect(kit.volume(kit.server().volumeName)).toEqual(carried)
    await kit.core.servers.start(kit.id, 'test')
    const { containerName, volumeName } = await kit.until(online)
    expect(kit.engine.containers.get(containerName)!.spec.mount.source).toBe(volumeName)
  })

  test('that is damaged changes nothing', async () => {
    const { kit, backup, before } = await openRuined()
    const bytes = readFileSync(backup.file)
    bytes[bytes.length - 8] = bytes[bytes.length - 8]! ^ 1
    writeFileSync(backup.file, bytes)
    await kit.core.worlds.restore(backup.id, kit.id, 'test')
    expect((await kit.idle()).task?.problem?.code).toBe('BACKUP_DAMAGED')
    expectUntouched(kit, before.volumeName)
  })

  test('that is gone is refused at once', async () => {
    const { kit, backup, before } = await openRuined()
    rmSync(backup.file)
    const restore = () => kit.core.worlds.restore(backup.id, kit.id, 'test')
    expect((await failureOf(restore)).code).toBe('BACKUP_DAMAGED')
    expectUntouched(kit, before.volumeName)
  })

  test('that does not read back from the volume changes nothing', async () => {
    const { kit, backup, before } = await openRuined()
    let reads = 0
    kit.engine.before = (method) => {
      if (method !== 'readArchive' || reads++ > 0) return
      const [made = ''] = kit.volumes().filter((name) => name.includes('-w-'))
      kit.engine.files(made).set('world/level.dat', Buffer.from('seed 43'))
    }
    await kit.core.worlds.restore(backup.id, kit.id, 'test')
    expect((await kit.idle()).task?.problem).toMatchObject({
      code: 'BACKUP_FAILED',
      message: 'The copy does not read back as it was written: world/level.dat.',
    })
    expectUntouched(kit, before.volumeName)
  })

  test.each(['createVolume', 'createContainer', 'writeArchive', 'readArchive'])(
    'changes nothing when the engine refuses %s',
    async (refused) => {
      const { kit, backup, before } = await openRuined()
      kit.engine.before = (method) => {
        if (method === refused) throw new EngineError('rejected', 'not today')
      }
      await kit.core.worlds.restore(backup.id, kit.id, 'test')
      expect((await kit.idle()).task?.problem?.code).toBe('ENGINE_REFUSED')
      expectUntouched(kit, before.volumeName)
    },
  )

  test('can be given up while it is copied', async () => {
    const { kit, backup, before } = await openRuined()
    const { asked, letGo } = kit.hang('writeArchive')
    await kit.core.worlds.restore(backup.id, kit.id, 'test')
    await asked
    expect((await failureOf(() => kit.core.worlds.remove(backup.id, 'test'))).code).toBe('BUSY')
    const cancelled = kit.core.servers.cancel(kit.id, 'test')
    letGo()
    await cancelled
    expect(kit.server().task).toBeNull()
    expectUntouched(kit, before.volumeName)
  })

  test('waits for an engine that goes away, and is done then', async () => {
    const { kit, backup } = await openRuined()
    let away = true
    kit.engine.before = (method) => {
      if (method !== 'writeArchive' || !away) return
      away = false
      kit.watch.see('missing')
      throw new EngineError('unreachable', 'socket hang up')
    }
    await kit.core.worlds.restore(backup.id, kit.id, 'test')
    await kit.until(({ task }) => task?.step.startsWith('Waiting for Docker') ?? false)
    kit.connect()
    await kit.idle()
    const { volumeName } = await kit.until(online)
    expect(kit.volume(volumeName)).toEqual(carried)
    expect(kit.volumes()).toHaveLength(2)
  })

  test('what could not be undone without an engine is undone when there is one again', async () => {
    const { kit, backup, before } = await openRuined()
    kit.engine.before = (method) => {
      if (method === 'writeArchive') throw new EngineError('rejected', 'not today')
      if (method === 'removeVolume') throw new EngineError('unreachable', 'socket hang up')
    }
    await kit.core.worlds.restore(backup.id, kit.id, 'test')
    await kit.idle()
    expect(kit.volumes()).toHaveLength(2)
    kit.engine.before = () => {}
    await kit.core.worlds.tidy()
    expectUntouched(kit, before.volumeName)
    // And never again: by now somebody else may have made one of that name.
    kit.engine.calls.splice(0)
    await kit.core.worlds.tidy()
    expect(kit.engine.calls).toEqual([])
  })

  test('needs space for the new world beside the old one', async () => {
    const kit = await openWorldsKit({ info: { sameMachine: true, rootDir: '/' } })
    const backup = await kit.backUp()
    kit.database.prepare('UPDATE world_backups SET world_bytes = 1e18').run()
    await kit.core.worlds.restore(backup.id, kit.id, 'test')
    const problem = (await kit.idle()).task?.problem
    expect(problem).toMatchObject({
      code: 'DISK_EXCEEDED',
      message: expect.stringContaining('takes 909495 TB'),
    })
    expect(kit.volumes()).toHaveLength(1)
  })

  test('an adopted world is not replaced', async () => {
    const { kit, backup } = await openRuined()
    updateServer(kit.database, kit.id, { adopted: 1 })
    const error = await failureOf(() => kit.core.worlds.restore(backup.id, kit.id, 'test'))
    expect(error).toMatchObject({
      code: 'NOT_ADOPTABLE',
      data: { remedy: 'Restore the backup into a new server.' },
    })
  })
})

describe('LightNode ends in the middle of a restore', () => {
  test.each(['createVolume', 'createContainer', 'writeArchive', 'readArchive', 'stopContainer'])(
    'at %s: it is done after the next start, and half a volume is not left',
    async (method) => {
      const { kit, backup, before } = await openRuined()
      const { asked, letGo } = kit.hang(method)
      await kit.core.worlds.restore(backup.id, kit.id, 'test')
      await asked
      const restarted = kit.restart()
      letGo()
      await restarted
      await kit.idle()
      const after = await kit.until(online)
      expect(kit.volume(after.volumeName)).toEqual(carried)
      expect(kit.volumes()).toEqual([before.volumeName, after.volumeName].sort())
      expect(kit.helpers()).toBe(0)
      expect(kit.core.worlds.copies(kit.id)).toMatchObject([{ volumeName: before.volumeName }])
    },
  )

  test('when the database went back to before it, the volume is kept and nothing is done again', async () => {
    const { kit, backup, before } = await openRuined()
    const { asked, letGo } = kit.hang('writeArchive')
    await kit.core.worlds.restore(backup.id, kit.id, 'test')
    await asked
    const copied = await kit.core.data.backUp()
    letGo()
    await kit.idle()
    const after = await kit.until(online)
    // In the copy the task is open, and calls the volume half-made that is the world by now.
    await kit.core.data.restore(copied.name, 'test')
    await kit.core.data.confirm('test')
    await kit.until(() => findOpenTask(kit.database, kit.id) === null)
    await kit.core.worlds.tidy()
    expect(kit.volumes()).toEqual([before.volumeName, after.volumeName].sort())
    expect(kit.volume(after.volumeName)).toEqual(carried)
    expect(kit.server().volumeName).toBe(before.volumeName)
  })
})
