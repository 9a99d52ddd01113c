import { describe, expect, test } from 'vitest'
import { findServer, updateServer } from '../../../src/main/database/servers.ts'
import { EngineError } from '../../../src/main/engine/types.ts'
import { labelsOf } from '../../../src/main/servers/labels.ts'
import type { Server } from '../../../src/shared/model.ts'
import { failureOf } from './kit.ts'
import { installationId, type LaunchKit, openLaunchKit } from './launch-kit.ts'

async function online(kit: LaunchKit): Promise<Server> {
  const { id } = await kit.create()
  return kit.until(id, 'online')
}

function addCopy(kit: LaunchKit, serverId: string, volume: string, labels: Record<string, string>): void {
  kit.engine.volumes.set(volume, labels)
  kit.database
    .prepare(
      `INSERT INTO world_copies (volume_name, server_id, reason, type, version, bytes, files, created_at)
       VALUES (?, ?, 'change', 'VANILLA', '1.20.4', 1, 1, 1)`,
    )
    .run(volume, serverId)
}

function addBackup(kit: LaunchKit, serverId: string): void {
  kit.database
    .prepare(
      `INSERT INTO world_backups (id, server_id, server_name, reason, file, type, version, memory_mb, disk_gb, bytes,
         world_bytes, files, digest, created_at, verified_at)
       VALUES ('b1', ?, 'My server', 'asked', '/backups/b1', 'VANILLA', '1.20.4', 512, 1, 1, 1, 1, 'd', 1, 1)`,
    )
    .run(serverId)
}

const rows = (kit: LaunchKit, table: string) => kit.database.prepare(`SELECT * FROM ${table}`).all()
const lastTold = (kit: LaunchKit) =>
  kit.database.prepare('SELECT server_id AS serverId, message FROM activity ORDER BY id DESC LIMIT 1').get()

describe('a delete', () => {
  test('has the game save, and keeps the world', async () => {
    const kit = openLaunchKit()
    const { id, containerName, volumeName } = await online(kit)
    await kit.bin.remove(id, 'test')
    expect(kit.engine.commands).toEqual([`${containerName} save-all flush`])
    expect([...kit.engine.containers.keys()]).toEqual([])
    expect(kit.engine.volumes.has(volumeName)).toBe(true)
    expect(kit.bin.list()).toMatchObject([{ id, volumeName, expired: false }])
  })

  test('takes over a stop that hangs, and ends its task', async () => {
    const kit = openLaunchKit({ stopLimitMs: 20 })
    const { id } = await online(kit)
    let first = true
    kit.engine.before = (method) => {
      if (method !== 'stopContainer' || !first) return
      first = false
      return new Promise(() => {})
    }
    expect((await kit.servers.stop(id, 'test')).task?.killable).toBe(true)
    await kit.bin.remove(id, 'test')
    expect([...kit.engine.containers.keys()]).toEqual([])
    expect(rows(kit, 'tasks')).toMatchObject([{ kind: 'stop', ended_at: expect.any(Number) }])
  })

  test('gives up a launch, and a task that can be', async () => {
    const kit = openLaunchKit({
      makeCopy: (_server, task) => {
        task.step('Copying', { cancellable: true })
        return new Promise((_resolve, reject) =>
          task.signal.addEventListener('abort', () => reject(task.signal.reason)),
        )
      },
    })
    const { id } = await online(kit)
    await kit.servers.update(id, { version: '1.21.4' }, 'test')
    await kit.until(id, ({ task }) => task?.step === 'Copying')
    await kit.bin.remove(id, 'test')
    expect(kit.bin.list()).toHaveLength(1)
    expect(rows(kit, 'tasks')).toMatchObject([{ kind: 'change', ended_at: expect.any(Number) }])
    expect(kit.database.prepare('SELECT count(*) FROM runs WHERE ended_at IS NULL').pluck().get()).toBe(0)
    expect([...kit.engine.containers.keys()]).toEqual([])
  })
})

describe('for good', () => {
  test('the world goes with its copies, tasks and rows; files stay', async () => {
    const kit = openLaunchKit()
    const { id, name, volumeName } = await online(kit)
    await kit.servers.stop(id, 'test')
    addCopy(kit, id, 'copy-1', labelsOf(installationId, id))
    addBackup(kit, id)
    // Half-made by a task that was given up.
    kit.engine.volumes.set('half', labelsOf(installationId, id))
    kit.database.prepare('UPDATE tasks SET plan = \'{"making":{"volume":"half"}}\'').run()
    await kit.bin.remove(id, 'test')
    await kit.bin.purge(id, name, 'desktop')
    expect(
      [...kit.engine.volumes.keys()].filter((one) => [volumeName, 'copy-1', 'half'].includes(one)),
    ).toEqual([])
    expect([...['servers', 'tasks', 'world_copies', 'runs'].map((table) => rows(kit, table).length)]).toEqual(
      [0, 0, 0, 0],
    )
    expect(rows(kit, 'world_backups')).toHaveLength(1)
    expect(lastTold(kit)).toEqual({
      serverId: null,
      message: 'My server was deleted for good. Its world went with it.',
    })
    // What was told of it before leads nowhere either.
    expect(kit.database.prepare('SELECT count(*) FROM activity WHERE server_id = ?').pluck().get(id)).toBe(0)
  })

  test('cut off between the volumes it is finished later, and nothing brings it back meanwhile', async () => {
    const kit = openLaunchKit()
    const { id, name, volumeName } = await online(kit)
    addCopy(kit, id, 'copy-1', labelsOf(installationId, id))
    await kit.bin.remove(id, 'test')
    kit.engine.before = (method, subject) => {
      if (method === 'removeVolume' && subject === 'copy-1') throw new EngineError('unreachable', 'cut off')
    }
    expect((await failureOf(() => kit.bin.purge(id, name, 'test'))).code).toBe('ENGINE_UNREACHABLE')
    expect(kit.engine.volumes.has(volumeName)).toBe(false)
    expect(kit.bin.list()).toHaveLength(1)
    expect((await failureOf(() => kit.bin.restore(id, undefined, 'test'))).code).toBe('BUSY')
    kit.engine.before = () => {}
    await Promise.all([kit.bin.tidy(), kit.bin.tidy()])
    expect(kit.bin.list()).toEqual([])
    expect(lastTold(kit)).toMatchObject({ message: expect.stringContaining('was deleted for good') })
    expect(kit.engine.volumes.has('copy-1')).toBe(false)
  })

  test('the mount of an adopted one stays where it was, and so does what lacks our labels', async () => {
    const kit = openLaunchKit()
    const { id, name, volumeName } = await online(kit)
    updateServer(kit.database, id, { adopted: 1 })
    addCopy(kit, id, 'theirs', { someone: 'else' })
    addCopy(kit, id, 'ours', labelsOf(installationId, id))
    kit.engine.before = (method, subject) => {
      if (method === 'removeVolume' && subject === 'theirs') throw new EngineError('rejected', 'not ours')
    }
    await kit.bin.remove(id, 'test')
    await kit.bin.purge(id, name, 'test')
    expect([volumeName, 'theirs', 'ours'].map((one) => kit.engine.volumes.has(one))).toEqual([
      true,
      true,
      false,
    ])
    expect(lastTold(kit)).toMatchObject({
      message: `My server was deleted for good. Its world stays where it was, in the volume ${volumeName}.`,
    })
  })

  test('the kept container of an adopted one goes with it', async () => {
    const kit = openLaunchKit()
    const { id } = await online(kit)
    await kit.servers.stop(id, 'test')
    const { containerId } = findServer(kit.database, id)!
    updateServer(kit.database, id, { adopted: 1, containerId: null, replacedContainerId: containerId })
    await kit.bin.remove(id, 'test')
    expect([...kit.engine.containers.keys()]).toEqual([])
  })
})
