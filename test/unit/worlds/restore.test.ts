import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { findServer, updateServer } from '../../../src/main/database/servers.ts'
import { findOpenTask } from '../../../src/main/database/tasks.ts'
import { EngineError } from '../../../src/main/engine/types.ts'
import { failureOf } from '../core/kit.ts'
import { carried, openWorldsKit, type WorldsKit, world } from './worlds-kit.ts'

const ruined = { 'world/level.dat': 'ruined' }
const online = ({ status }: { status: string }) => status === 'online'

/** A server that is online, with a backup of its world, and a world that was ruined since. */
async function open() {
  const kit = await openWorldsKit()
  const backup = await kit.backUp()
  const before = kit.server()
  kit.setFiles(before.volumeName, ruined)
  kit.engine.calls.splice(0)
  return { kit, backup, before }
}

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
    const { kit, backup, before } = await open()
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
    const { kit, backup } = await open()
    await kit.stopGame()
    await kit.core.worlds.restore(backup.id, kit.id, 'test')
    expect(await kit.idle()).toMatchObject({ status: 'stopped' })
    expect(kit.volume(kit.server().volumeName)).toEqual(carried)
    await kit.core.servers.start(kit.id, 'test')
    const { containerName, volumeName } = await kit.until(online)
    expect(kit.engine.containers.get(containerName)!.spec.mount.source).toBe(volumeName)
  })

  test('that is damaged changes nothing', async () => {
    const { kit, backup, before } = await open()
    const bytes = readFileSync(backup.file)
    bytes[bytes.length - 8] = bytes[bytes.length - 8]! ^ 1
    writeFileSync(backup.file, bytes)
    await kit.core.worlds.restore(backup.id, kit.id, 'test')
    expect((await kit.idle()).task?.problem?.code).toBe('BACKUP_DAMAGED')
    expectUntouched(kit, before.volumeName)
  })

  test('that is gone is refused at once', async () => {
    const { kit, backup, before } = await open()
    rmSync(backup.file)
    const restore = () => kit.core.worlds.restore(backup.id, kit.id, 'test')
    expect((await failureOf(restore)).code).toBe('BACKUP_DAMAGED')
    expectUntouched(kit, before.volumeName)
  })

  test('that does not read back from the volume changes nothing', async () => {
    const { kit, backup, before } = await open()
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
      const { kit, backup, before } = await open()
      kit.engine.before = (method) => {
        if (method === refused) throw new EngineError('rejected', 'not today')
      }
      await kit.core.worlds.restore(backup.id, kit.id, 'test')
      expect((await kit.idle()).task?.problem?.code).toBe('ENGINE_REFUSED')
      expectUntouched(kit, before.volumeName)
    },
  )

  test('can be given up while it is copied', async () => {
    const { kit, backup, before } = await open()
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
    const { kit, backup } = await open()
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
    const { kit, backup, before } = await open()
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
    const { kit, backup } = await open()
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
      const { kit, backup, before } = await open()
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
    const { kit, backup, before } = await open()
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

describe('a backup into a new server', () => {
  const input = { name: 'Second', acceptEula: true }

  test('its world is there before it is launched', async () => {
    const { kit, backup } = await open()
    const created = await kit.core.worlds.restoreAsNew(backup.id, input, 'test')
    expect(created).toMatchObject({ name: 'Second', status: 'provisioning', addressFinal: true })
    expect(kit.server(created.id).task).toMatchObject({ kind: 'restore' })
    expect((await failureOf(() => kit.core.servers.start(created.id, 'test'))).code).toBe('BUSY')
    const server = await kit.until(online, created.id)
    expect(server).toMatchObject({ type: 'VANILLA', version: '1.20.4', memory: 0.5, newWorld: false })
    expect(kit.volume(server.volumeName)).toEqual(carried)
    expect(kit.engine.containers.get(server.containerName)!.spec.mount.source).toBe(server.volumeName)
    expect(kit.volumes()).toHaveLength(2)
    const { calls } = kit.engine
    const written = calls.findIndex((call) => call.startsWith('writeArchive'))
    expect(calls.indexOf(`startContainer ${server.containerName}`)).toBeGreaterThan(written)
  })

  test('is refused before anything is reserved', async () => {
    const { kit, backup } = await open()
    const attempt = (change: object) => () =>
      kit.core.worlds.restoreAsNew(backup.id, { ...input, ...change }, 'test')
    expect((await failureOf(attempt({ acceptEula: false }))).code).toBe('EULA_REQUIRED')
    expect((await failureOf(attempt({ name: 'my WORLD' }))).code).toBe('NAME_TAKEN')
    writeFileSync(backup.file, Buffer.alloc(backup.bytes))
    expect((await failureOf(attempt({}))).code).toBe('BACKUP_DAMAGED')
    kit.watch.see('missing')
    expect((await failureOf(attempt({}))).code).toBe('BACKUP_DAMAGED')
    expect(kit.core.servers.list()).toHaveLength(1)
  })

  test('killed right after it was reserved, it is filled and then launched', async () => {
    const { kit, backup } = await open()
    const { asked, letGo } = kit.hang('createVolume')
    const created = await kit.core.worlds.restoreAsNew(backup.id, input, 'test')
    await asked
    const restarted = kit.restart()
    letGo()
    await restarted
    const server = await kit.until(online, created.id)
    expect(kit.volume(server.volumeName)).toEqual(carried)
    expect(kit.volumes()).toHaveLength(2)
  })

  test('one that can’t be filled is never launched with an empty world', async () => {
    const { kit, backup } = await open()
    kit.engine.before = (method) => {
      if (method === 'writeArchive') throw new EngineError('no-space', 'no space left on device')
    }
    const created = await kit.core.worlds.restoreAsNew(backup.id, input, 'test')
    const failed = await kit.idle(created.id)
    expect(failed).toMatchObject({ status: 'failed', problem: { code: 'DISK_EXCEEDED' } })
    expect(kit.volumes()).toHaveLength(1)
    kit.engine.before = () => {}
    kit.core.servers.start(created.id, 'test')
    expect((await kit.until(({ problem }) => problem?.code === 'VOLUME_MISSING', created.id)).status).toBe(
      'failed',
    )
    expect(kit.volumes()).toHaveLength(1)
    // The way out: once more into the same server.
    await kit.core.worlds.restore(backup.id, created.id, 'test')
    await kit.idle(created.id)
    kit.core.servers.start(created.id, 'test')
    const server = await kit.until(online, created.id)
    expect(kit.volume(server.volumeName)).toEqual(carried)
    expect(kit.core.worlds.copies(created.id)).toEqual([])
  })
})

describe('an earlier world', () => {
  test('comes back with its type and version; what took its place is kept', async () => {
    const { kit, backup, before } = await open()
    await kit.core.worlds.restore(backup.id, kit.id, 'test')
    await kit.idle()
    const restored = await kit.until(online)
    updateServer(kit.database, kit.id, { type: 'PAPER', version: '1.21' })
    await kit.core.worlds.revert(kit.id, before.volumeName, 'test')
    await kit.idle()
    const after = await kit.until(online)
    expect(after).toMatchObject({ volumeName: before.volumeName, type: 'VANILLA', version: '1.20.4' })
    expect(kit.volume(after.volumeName)).toEqual(ruined)
    expect(kit.engine.containers.get(after.containerName)!.spec.mount.source).toBe(before.volumeName)
    expect(kit.core.worlds.copies(kit.id)).toMatchObject([
      { volumeName: restored.volumeName, reason: 'revert', type: 'PAPER', version: '1.21' },
    ])
  })

  test.each(['stopContainer', 'hasVolume'])(
    'killed at %s: it is there after the next start',
    async (method) => {
      const { kit, backup, before } = await open()
      await kit.core.worlds.restore(backup.id, kit.id, 'test')
      await kit.idle()
      await kit.until(online)
      const { asked, letGo } = kit.hang(method)
      await kit.core.worlds.revert(kit.id, before.volumeName, 'test')
      await asked
      const restarted = kit.restart()
      letGo()
      await restarted
      await kit.idle()
      expect(await kit.until(online)).toMatchObject({ volumeName: before.volumeName })
      expect(kit.core.worlds.copies(kit.id)).toHaveLength(1)
    },
  )

  test('whose volume is gone is not gone back to', async () => {
    const { kit, backup, before } = await open()
    await kit.core.worlds.restore(backup.id, kit.id, 'test')
    await kit.idle()
    const { volumeName } = await kit.until(online)
    kit.engine.volumes.delete(before.volumeName)
    await kit.core.worlds.revert(kit.id, before.volumeName, 'test')
    expect((await kit.idle()).task?.problem?.code).toBe('VOLUME_MISSING')
    expect(kit.server()).toMatchObject({ status: 'online', volumeName })
  })

  test('is deleted when asked, and only its own', async () => {
    const { kit, backup, before } = await open()
    await kit.stopGame()
    await kit.core.worlds.restore(backup.id, kit.id, 'test')
    await kit.idle()
    const remove = (volume: string) => () => kit.core.worlds.removeCopy(kit.id, volume, 'test')
    expect((await failureOf(remove(kit.server().volumeName))).code).toBe('NOT_FOUND')
    // The old container still holds it; the next launch would have replaced that.
    await remove(before.volumeName)()
    expect(kit.volumes()).toEqual([kit.server().volumeName])
    expect(kit.core.worlds.copies(kit.id)).toEqual([])
  })

  test('that LightNode did not make is forgotten, and left where it is', async () => {
    const { kit, before } = await open()
    kit.engine.volumes.set('theirs', {})
    kit.database
      .prepare(
        `INSERT INTO world_copies (volume_name, server_id, reason, type, version, bytes, files, created_at)
         VALUES ('theirs', ?, 'revert', 'PAPER', '1.21', 1, 1, 1), ('/srv/theirs', ?, 'revert', 'PAPER', '1.21', 1, 1, 1)`,
      )
      .run(kit.id, kit.id)
    for (const volume of ['theirs', '/srv/theirs']) await kit.core.worlds.removeCopy(kit.id, volume, 'test')
    expect(kit.core.worlds.copies(kit.id)).toEqual([])
    expect(kit.volumes()).toEqual([before.volumeName, 'theirs'].sort())
    expect(kit.core.activity.list(1, kit.id)[0]?.message).toContain('it is left there')
  })
})

describe('a change of type', () => {
  test('copies the world first, exactly, and offers it back', async () => {
    const kit = await openWorldsKit()
    const before = kit.server()
    await kit.core.servers.update(kit.id, { type: 'PAPER' }, 'test')
    await kit.idle()
    expect(await kit.until(online)).toMatchObject({ type: 'PAPER', volumeName: before.volumeName })
    const [copy] = kit.core.worlds.copies(kit.id)
    expect(copy).toMatchObject({ reason: 'change', type: 'VANILLA', version: '1.20.4' })
    expect(copy?.volumeName).toMatch(/-copy-\w{6}$/)
    // Secrets and all: it stays on this engine.
    expect(kit.volume(copy?.volumeName ?? '')).toEqual(world)
    expect(kit.engine.volumes.get(copy?.volumeName ?? '')).toMatchObject({ 'org.lightnode.copy': '1' })
    expect(kit.helpers()).toBe(0)
  })

  test('is not made when the copy does not read back; the copy goes', async () => {
    const kit = await openWorldsKit()
    const before = kit.server()
    let reads = 0
    kit.engine.before = (method) => {
      if (method !== 'readArchive' || ++reads < 2) return
      const [made = ''] = kit.volumes().filter((name) => name.includes('-copy-'))
      kit.engine.files(made).delete('world/level.dat')
    }
    await kit.core.servers.update(kit.id, { type: 'PAPER' }, 'test')
    const failed = await kit.idle()
    expect(failed.task?.problem).toMatchObject({
      code: 'BACKUP_FAILED',
      message: 'The copy does not read back as it was written: world/level.dat.',
    })
    expect(await kit.until(online)).toMatchObject({ type: 'VANILLA' })
    expect(kit.volumes()).toEqual([before.volumeName])
    expect(kit.helpers()).toBe(0)
  })

  test.each(['createVolume', 'writeArchive', 'readArchive', 'removeContainer'])(
    'killed at %s: one copy is there in the end',
    async (method) => {
      const kit = await openWorldsKit()
      const before = kit.server()
      const { asked, letGo } = kit.hang(method, method === 'createVolume' ? /-copy-/ : /-helper-/)
      await kit.core.servers.update(kit.id, { type: 'PAPER' }, 'test')
      await asked
      const restarted = kit.restart()
      letGo()
      await restarted
      await kit.idle()
      expect(await kit.until(online)).toMatchObject({ type: 'PAPER' })
      const copies = kit.core.worlds.copies(kit.id)
      expect(copies).toHaveLength(1)
      expect(kit.volumes()).toEqual([before.volumeName, copies[0]!.volumeName].sort())
      expect(kit.volume(copies[0]!.volumeName)).toEqual(world)
      expect(kit.helpers()).toBe(0)
    },
  )

  test('without a volume says so, and changes nothing', async () => {
    const kit = await openWorldsKit()
    kit.engine.volumes.delete(kit.server().volumeName)
    await kit.core.servers.update(kit.id, { type: 'PAPER' }, 'test')
    expect((await kit.idle()).task?.problem?.code).toBe('VOLUME_MISSING')
    expect(findServer(kit.database, kit.id)?.type).toBe('VANILLA')
  })
})
