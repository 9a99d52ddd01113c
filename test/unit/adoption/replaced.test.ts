import { describe, expect, test } from 'vitest'
import { EngineError } from '../../../src/main/engine/types.ts'
import { failureOf } from '../core/kit.ts'
import { type ByHand, openAdoptionKit } from './adoption-kit.ts'

type Kit = ReturnType<typeof openAdoptionKit>

/** An adopted server that is Online. */
async function adopted(kit: Kit, by: ByHand = {}) {
  const containerId = await kit.byHand({ rconPort: kit.spare(), env: { RCON_PASSWORD: 'ByHand' }, ...by })
  const { id } = await kit.found.adopt(containerId, undefined, 'test')
  await kit.until(id, 'online')
  kit.engine.calls.length = 0
  return { id, containerId }
}

/** The old one is there, whether or not it runs. */
const names = (kit: Kit) => [...kit.engine.containers.keys()].sort()

describe('what needs a new container', () => {
  test('memory: with the restart, on the same world and ports; the old one goes when the new one is Online', async () => {
    const kit = openAdoptionKit()
    const { id, containerId } = await adopted(kit)
    const before = kit.row(id)
    await kit.servers.update(id, { memory: 2 }, 'test')
    expect(kit.servers.get(id)).toMatchObject({ restartNeeded: true, status: 'online' })
    expect(kit.changes()).toEqual([])
    await kit.servers.restart(id, 'test')
    const server = await kit.until(id, ({ status, restartNeeded }) => status === 'online' && !restartNeeded)
    expect(kit.row(id)).toMatchObject({ replacedContainerId: null, adopted: 1, rconVia: 'port' })
    expect(server).toMatchObject({ port: before.port, rconPort: before.rconPort, volumeName: 'mc-data' })
    expect(kit.rconPassword(id)).toBe('ByHand')
    expect(server.containerName).toBe(`mc-${id}`)
    expect(names(kit)).toEqual([`mc-${id}`])
    const { state } = kit.container(server.containerName)
    expect(state).toMatchObject({
      ...{ labels: kit.labels(id), restartPolicy: 'unless-stopped', mounts: [{ source: 'mc-data' }] },
      env: { MEMORY: '2048M', VERSION: '1.20.4' },
    })
    expect(state.id).not.toBe(containerId)
    // It is ours now, and known by its labels: a later look finds nothing odd.
    await kit.reconciler.reconcile()
    expect(kit.servers.get(id).drift).toEqual([])
    expect((await kit.found.list()).containers).toEqual([])
  })

  test('variables, a new password, another port: each makes one, and what was RCON inside is on a port then', async () => {
    const kit = openAdoptionKit()
    const { id } = await adopted(kit, { rconPort: null, env: { RCON_PASSWORD: 'Inside' } })
    expect(kit.row(id).rconVia).toBe('exec')
    await kit.servers.changePort(id, 'test', kit.first + 2)
    await kit.until(id, ({ status, port }) => status === 'online' && port === kit.first + 2)
    expect(kit.row(id).rconVia).toBe('port')
    expect(kit.container(`mc-${id}`).password).toBe('Inside')
    await kit.servers.update(id, { environment: { SEED: '7' } }, 'test')
    await kit.servers.restart(id, 'test')
    await kit.until(id, ({ status, restartNeeded }) => status === 'online' && !restartNeeded)
    await kit.servers.rotatePassword(id, 'test')
    await kit.until(id, ({ status }) => status === 'online')
    await kit.reconciler.reconcile()
    expect(names(kit)).toEqual([`mc-${id}`])
    expect(kit.container(`mc-${id}`).state.env.SEED).toBe('7')
    expect(kit.rconPassword(id)).not.toBe('Inside')
  })

  test('a policy that would start the old one beside the new one is taken from it', async () => {
    const kit = openAdoptionKit()
    const { id } = await adopted(kit)
    Object.assign(kit.container('mc').state, { restartPolicy: 'always' })
    kit.engine.before = (method, subject) => {
      if (method === 'startContainer' && subject !== 'mc') throw new EngineError('rejected', 'not this one')
    }
    await kit.servers.update(id, { memory: 2 }, 'test')
    await kit.servers.restart(id, 'test')
    await kit.until(id, 'failed')
    expect(kit.container('mc').state).toMatchObject({ restartPolicy: 'unless-stopped', status: 'exited' })
  })

  test('nothing is started on a world that another container runs on', async () => {
    const kit = openAdoptionKit()
    const { id } = await adopted(kit)
    kit.outside.remove('mc')
    await kit.byHand({ name: 'recreated', mount: { source: 'mc-data' } })
    await kit.observer.look(id)
    await kit.mender.mend(id, 'removed', 'test')
    const { problem } = await kit.until(id, 'failed')
    expect(problem).toMatchObject({ code: 'ENGINE_REFUSED', message: expect.stringContaining('recreated') })
    expect(names(kit)).toEqual(['recreated'])
  })

  test('an empty folder where the world was starts nothing', async () => {
    const kit = openAdoptionKit()
    const { id } = await adopted(kit, { mount: { type: 'bind', source: '/srv/mc' } })
    await kit.servers.stop(id, 'test')
    kit.engine.files('/srv/mc').clear()
    kit.engine.calls.length = 0
    kit.servers.start(id, 'test')
    expect((await kit.until(id, 'failed')).problem?.code).toBe('VOLUME_MISSING')
    expect(kit.changes().filter((call) => call.startsWith('start'))).toEqual([])
  })
})

describe('a new container that does not come Online', () => {
  /** With the new one failing at its start. */
  async function failed(change: Parameters<Kit['servers']['update']>[1], by: ByHand = {}) {
    const kit = openAdoptionKit()
    const { id, containerId } = await adopted(kit, by)
    const before = kit.row(id)
    kit.engine.before = (method, subject) => {
      if (method === 'startContainer' && subject !== 'mc') throw new EngineError('rejected', 'not this one')
    }
    await kit.servers.update(id, change, 'test')
    await kit.servers.restart(id, 'test')
    await kit.until(id, ({ status, drift }) => status === 'failed' && drift.length > 0)
    return { kit, id, containerId, before }
  }

  test('leaves the old one, which is taken back by its button as it was', async () => {
    const { kit, id, containerId, before } = await failed({ memory: 2, environment: { SEED: '9' } })
    expect(kit.servers.get(id).drift).toMatchObject([
      { kind: 'changed', mend: 'Go back to the old container' },
    ])
    expect(names(kit)).toEqual(['mc', `mc-${id}`])
    expect(kit.row(id)).toMatchObject({ replacedContainerId: containerId })
    await kit.mender.mend(id, 'changed', 'test')
    const server = await kit.until(id, 'online')
    expect(names(kit)).toEqual(['mc'])
    const { desired, status, rconPassword, ...same } = before
    expect(kit.row(id)).toMatchObject({
      ...same,
      desired: 'running',
      status: 'online',
      replacedContainerId: null,
    })
    expect(kit.rconPassword(id)).toBe('ByHand')
    expect(server).toMatchObject({ memory: 1, environment: {}, restartNeeded: false, drift: [] })
  })

  test('with another port: the old port comes back with the old container', async () => {
    const kit = openAdoptionKit()
    const port = kit.first + 6
    const { id } = await adopted(kit, { port })
    kit.engine.before = (method, subject) => {
      if (method === 'startContainer' && subject !== 'mc') throw new EngineError('rejected', 'not this one')
    }
    await kit.servers.changePort(id, 'test')
    const moved = await kit.until(id, ({ status, drift }) => status === 'failed' && drift.length > 0)
    expect(moved.port).not.toBe(port)
    await kit.mender.mend(id, 'changed', 'test')
    expect((await kit.until(id, 'online')).port).toBe(port)
    const held = kit.database
      .prepare('SELECT port FROM ports WHERE server_id = ? ORDER BY purpose')
      .pluck()
      .all(id)
    expect(held).toEqual([port, kit.row(id).rconPort])
  })

  test('of ours in the place of one of ours has no way back, and needs none', async () => {
    const kit = openAdoptionKit()
    const { id } = await adopted(kit)
    await kit.servers.update(id, { memory: 2 }, 'test')
    await kit.servers.restart(id, 'test')
    await kit.until(id, ({ status, memory }) => status === 'online' && memory === 2)
    await kit.until(id, () => kit.row(id).replacedContainerId === null)
    kit.engine.before = (method) => {
      if (method === 'startContainer') throw new EngineError('rejected', 'not this one')
    }
    await kit.servers.update(id, { memory: 3 }, 'test')
    await kit.servers.restart(id, 'test')
    expect((await kit.until(id, 'failed')).drift).toEqual([])
    expect(kit.row(id).replacedContainerId).toBe(null)
  })

  test('whose old one was removed outside: that is said', async () => {
    const { kit, id } = await failed({ memory: 2 })
    kit.outside.remove('mc')
    expect(await failureOf(() => kit.mender.mend(id, 'changed', 'test'))).toMatchObject({ code: 'NOT_FOUND' })
    expect(kit.row(id).replacedContainerId).toBe(null)
  })

  test('is begun again by a start; the old one is kept until that is Online', async () => {
    const { kit, id } = await failed({ memory: 2 })
    kit.engine.before = () => {}
    kit.servers.start(id, 'test')
    await kit.until(id, 'online')
    await kit.until(id, () => kit.row(id).replacedContainerId === null)
    expect(names(kit)).toEqual([`mc-${id}`])
  })
})
