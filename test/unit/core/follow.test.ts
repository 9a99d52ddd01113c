import { describe, expect, test } from 'vitest'
import { endLookOnly } from '../../../src/main/data/look-only.ts'
import { insertRun } from '../../../src/main/database/runs.ts'
import { updateServer } from '../../../src/main/database/servers.ts'
import { openReconcileKit, type ReconcileKit } from './reconcile-kit.ts'

const tell = (kit: ReconcileKit, id: string, action: 'start' | 'die') =>
  kit.watch.emit({ action, labels: kit.labels(id) })

describe('a game that somebody else started', () => {
  test('is Online once it answers and takes the password, and nothing of it is changed', async () => {
    const kit = openReconcileKit()
    const { id, containerName } = await kit.online()
    await kit.servers.stop(id, 'test')
    kit.engine.calls.length = 0
    await kit.outside.start(containerName)
    tell(kit, id, 'start')
    await kit.until(id, 'online')
    expect(kit.changes()).toEqual([])
  })

  test('is not Online for a ping alone, nor for a stranger’s password', async () => {
    const kit = openReconcileKit({ verifyLimitMs: 1500 })
    const { id, containerName } = await kit.online()
    await kit.servers.stop(id, 'test')
    kit.container(containerName).password = 'another one'
    await kit.outside.start(containerName)
    await kit.observer.look(id)
    expect(kit.servers.get(id).status).toBe('starting')
    const failed = await kit.until(id, 'failed')
    expect(failed.problem).toMatchObject({
      code: 'NOT_READY',
      message: 'The game does not answer, though its container runs.',
    })
    expect(kit.container(containerName).state.status).toBe('running')
  })

  test('that was given up is Online as soon as it answers after all', async () => {
    const kit = openReconcileKit({ verifyLimitMs: 0 })
    const { id, containerName } = await kit.online()
    await kit.servers.stop(id, 'test')
    const { password } = kit.container(containerName)
    kit.container(containerName).password = 'another one'
    await kit.outside.start(containerName)
    await kit.observer.look(id)
    await kit.until(id, 'failed')
    await kit.observer.look(id)
    expect(kit.servers.get(id).status).toBe('failed')
    kit.container(containerName).password = password
    await kit.observer.look(id)
    await kit.until(id, 'online')
  })

  test('with a password that waits is known by the old one, and the new one still waits', async () => {
    const kit = openReconcileKit()
    const { id, containerName } = await kit.online()
    await kit.servers.stop(id, 'test')
    await kit.servers.rotatePassword(id, 'test')
    const { rconPassword, nextRconPassword } = kit.row(id)
    await kit.outside.start(containerName)
    await kit.observer.look(id)
    await kit.until(id, 'online')
    expect(kit.row(id)).toMatchObject({ rconPassword, nextRconPassword, containerId: null })
  })

  test('and that takes the new password has it from then on', async () => {
    const kit = openReconcileKit()
    const { id, containerName } = await kit.online()
    await kit.servers.stop(id, 'test')
    await kit.servers.rotatePassword(id, 'test')
    const next = kit.row(id)
    kit.container(containerName).password = kit.credentials.rconPassword(next).reveal()
    await kit.outside.start(containerName)
    await kit.observer.look(id)
    await kit.until(id, 'online')
    expect(kit.row(id)).toMatchObject({ rconPassword: next.nextRconPassword, nextRconPassword: null })
  })

  test('before it was ever Online has a world from then on', async () => {
    const kit = openReconcileKit({ verifyLimitMs: 0 })
    kit.engine.versionName = null
    const { id } = await kit.create()
    const { containerName } = await kit.until(id, 'failed')
    kit.engine.versionName = '1.20.4'
    await kit.outside.start(containerName)
    await kit.observer.look(id)
    await kit.until(id, 'online')
    expect(kit.row(id).firstOnlineAt).not.toBeNull()
  })

  test('stops being followed when we take it in hand', async () => {
    const kit = openReconcileKit()
    const { id, containerName } = await kit.online()
    await kit.servers.stop(id, 'test')
    const { password } = kit.container(containerName)
    kit.container(containerName).password = 'another one'
    await kit.outside.start(containerName)
    await kit.observer.look(id)
    const release = kit.observer.hold(id)
    kit.container(containerName).password = password
    await new Promise((resolve) => setTimeout(resolve, 1200))
    expect(kit.servers.get(id).status).toBe('starting')
    release()
    await kit.until(id, 'online')
  })
})

describe('a game that the engine started again', () => {
  test('must not loop until it answers: its policy is off, and back afterwards', async () => {
    const kit = openReconcileKit()
    const { id, containerName } = await kit.online()
    kit.container(containerName).state.status = 'restarting'
    tell(kit, id, 'die')
    await kit.until(id, 'starting')
    kit.container(containerName).state.status = 'running'
    tell(kit, id, 'start')
    await kit.until(id, 'online')
    expect(kit.changes()).toEqual([
      `setRestartPolicy ${containerName} no`,
      `setRestartPolicy ${containerName} unless-stopped`,
    ])
    await kit.seen(id)
  })

  test('and that ends again has failed, for its reason', async () => {
    const kit = openReconcileKit()
    const { id, containerName } = await kit.online()
    const { password } = kit.container(containerName)
    kit.container(containerName).state.status = 'restarting'
    tell(kit, id, 'die')
    await kit.until(id, 'starting')
    kit.container(containerName).password = 'not yet'
    kit.container(containerName).state.status = 'running'
    tell(kit, id, 'start')
    await expect.poll(() => kit.container(containerName).state.restartPolicy).toBe('no')
    kit.engine.end(containerName, 137, { outOfMemory: true })
    tell(kit, id, 'die')
    expect((await kit.until(id, 'failed')).problem?.code).toBe('OUT_OF_MEMORY')
    kit.container(containerName).password = password
  })
})

describe('after the engine, or LightNode, was away', () => {
  test('what was Online shows that it still is, without a change', async () => {
    const kit = openReconcileKit()
    const { id } = await kit.online()
    kit.watch.see('missing')
    kit.connect()
    await expect.poll(() => kit.engine.commands.length + kit.engine.calls.length).toBeGreaterThan(3)
    await kit.observer.lookAtAll()
    expect([kit.servers.get(id).status, kit.changes()]).toEqual(['online', []])
  })

  test('what was made just like ours, and takes our password, is the server’s again', async () => {
    const kit = openReconcileKit()
    const { id, containerName } = await kit.online()
    updateServer(kit.database, id, { containerId: 'one of before', status: 'stopped' })
    await kit.observer.look(id)
    await kit.until(id, 'online')
    await kit.seen(id)
    expect(kit.row(id).containerId).toBe(kit.container(containerName).state.id)
    expect(kit.changes()).toEqual([])
  })
})

describe('in look-only mode', () => {
  test('statuses are true, also of what is open, and nothing is changed', async () => {
    const kit = openReconcileKit()
    const { id, containerName } = await kit.online()
    const gone = await kit.online({ name: 'Gone' })
    const ended = await kit.online({ name: 'Ended' })
    kit.engine.calls.length = 0
    kit.outside.remove(gone.containerName)
    kit.outside.stop(ended.containerName)
    // As a copy of the database may have it.
    for (const server of [id, gone.id, ended.id]) {
      updateServer(kit.database, server, { status: 'provisioning' })
      insertRun(kit.database, { id: `open ${server}`, serverId: server, startedAt: 9_000 })
    }
    kit.lookOnly()
    await kit.reconciler.reconcile()
    await kit.until(id, 'online')
    await kit.until(gone.id, 'stopped')
    await kit.until(ended.id, 'stopped')
    expect(kit.servers.get(gone.id).drift.map(({ kind }) => kind)).toEqual(['removed'])

    kit.container(containerName).state.status = 'restarting'
    tell(kit, id, 'die')
    await kit.until(id, 'starting')
    kit.container(containerName).state.status = 'running'
    tell(kit, id, 'start')
    await kit.until(id, 'online')
    expect(kit.changes()).toEqual([])
    await kit.engine.createContainer({ ...kit.container(containerName).spec, name: 'left' })
    kit.engine.calls.length = 0
    await kit.reconciler.reconcile()
    await kit.reconciler.glance()
    expect(kit.changes()).toEqual([])
    endLookOnly(kit.database)
  })
})
