import { writeFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { EngineError } from '../../../src/main/engine/types.ts'
import { failureOf } from '../core/kit.ts'
import { carried, online, openRuined } from './worlds-kit.ts'

describe('a backup into a new server', () => {
  const input = { name: 'Second', acceptEula: true }

  test('its world is there before it is launched', async () => {
    const { kit, backup } = await openRuined()
    const created = await kit.core.worlds.restoreAsNew(backup.id, input, 'test')
    expect(created).toMatchObject({ name: 'Second', status: 'provisioning', addressFinal: false })
    expect(kit.server(created.id).task).toMatchObject({ kind: 'restore' })
    expect((await failureOf(() => kit.core.servers.start(created.id, 'test'))).code).toBe('BUSY')
    const server = await kit.until(online, created.id)
    expect(server).toMatchObject({
      type: 'VANILLA',
      version: '1.20.4',
      memory: 0.5,
      newWorld: false,
      addressFinal: true,
    })
    expect(kit.volume(server.volumeName)).toEqual(carried)
    expect(kit.engine.containers.get(server.containerName)!.spec.mount.source).toBe(server.volumeName)
    expect(kit.volumes()).toHaveLength(2)
    const { calls } = kit.engine
    const written = calls.findIndex((call) => call.startsWith('writeArchive'))
    expect(calls.indexOf(`startContainer ${server.containerName}`)).toBeGreaterThan(written)
  })

  test('moves on when its port is taken before it was ever Online', async () => {
    const { kit, backup } = await openRuined()
    let refused = false
    kit.engine.before = (method) => {
      if (method !== 'startContainer' || refused) return
      refused = true
      throw new EngineError('port-taken', 'port is already allocated')
    }
    const created = await kit.core.worlds.restoreAsNew(backup.id, input, 'test')
    const server = await kit.until(online, created.id)
    expect(server).toMatchObject({ addressFinal: true, newWorld: false })
    expect(server.port).not.toBe(created.port)
    expect(kit.volume(server.volumeName)).toEqual(carried)
  })

  test('is refused before anything is reserved', async () => {
    const { kit, backup } = await openRuined()
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
    const { kit, backup } = await openRuined()
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
    const { kit, backup } = await openRuined()
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
