import { describe, expect, test } from 'vitest'
import { findServer, updateServer } from '../../../src/main/database/servers.ts'
import { failureOf } from '../core/kit.ts'
import { online, openRuined, openWorldsKit, ruined, world } from './worlds-kit.ts'

describe('an earlier world', () => {
  test('comes back with its type and version; what took its place is kept', async () => {
    const { kit, backup, before } = await openRuined()
    await kit.core.worlds.restore(backup.id, kit.id, 'test')
    await kit.idle()
    const restored = await kit.until(online)
    updateServer(kit.database, kit.id, { type: 'PAPER', version: '1.21', resolvedVersion: '1.21' })
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
      const { kit, backup, before } = await openRuined()
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
    const { kit, backup, before } = await openRuined()
    await kit.core.worlds.restore(backup.id, kit.id, 'test')
    await kit.idle()
    const { volumeName } = await kit.until(online)
    kit.engine.volumes.delete(before.volumeName)
    await kit.core.worlds.revert(kit.id, before.volumeName, 'test')
    expect((await kit.idle()).task?.problem?.code).toBe('VOLUME_MISSING')
    expect(kit.server()).toMatchObject({ status: 'online', volumeName })
  })

  test('is deleted when asked, and only its own', async () => {
    const { kit, backup, before } = await openRuined()
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
    const { kit, before } = await openRuined()
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
