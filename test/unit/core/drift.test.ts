import { describe, expect, test } from 'vitest'
import { updateServer } from '../../../src/main/database/servers.ts'
import { openReconcileKit, type ReconcileKit } from './reconcile-kit.ts'

const GB = 1024 ** 3

interface Case {
  kind: 'removed' | 'stopped' | 'paused' | 'renamed' | 'changed' | 'image'
  what: string
  act(kit: ReconcileKit, name: string): unknown
  message: RegExp
  mend: string
  /** What mending asks of the engine, by its verbs. */
  calls: RegExp
}

const ports = (kit: ReconcileKit, name: string, change: (port: number) => number) =>
  kit.container(name).spec.ports.map((port) => ({ ...port, hostPort: change(port.hostPort) }))

const cases: Case[] = [
  {
    kind: 'removed',
    what: 'its container',
    act: ({ outside }, name) => outside.remove(name),
    message: /was removed outside LightNode/,
    mend: 'Start',
    calls: /createContainer/,
  },
  {
    kind: 'stopped',
    what: 'by hand',
    act: ({ outside }, name) => outside.stop(name),
    message: /stopped outside LightNode/,
    mend: 'Start',
    calls: /startContainer/,
  },
  {
    kind: 'paused',
    what: 'by hand',
    act: ({ outside }, name) => outside.pause(name),
    message: /paused outside LightNode/,
    mend: 'Go on',
    calls: /startContainer/,
  },
  {
    kind: 'renamed',
    what: 'by hand',
    act: ({ outside }, name) => outside.rename(name, 'elsewhere'),
    message: /is called elsewhere instead of/,
    mend: 'Rename back',
    calls: /^renameContainer elsewhere \S+$/,
  },
  {
    kind: 'changed',
    what: 'another port',
    act: (kit, name) =>
      kit.outside.remake(name, { ports: ports(kit, name, (port) => (port % 20 < 10 ? port + 5 : port)) }),
    message: /^Port \d+ is published instead of \d+\.$/,
    mend: 'Make anew',
    calls: /createContainer/,
  },
  {
    kind: 'changed',
    what: 'RCON on every address',
    act: (kit, name) =>
      kit.outside.remake(name, {
        ports: ports(kit, name, (port) => port).map((port) => ({ ...port, hostIp: '' })),
      }),
    message: /^RCON port \d+ is published on every address instead of 127\.0\.0\.1\.$/,
    mend: 'Make anew',
    calls: /createContainer/,
  },
  {
    kind: 'changed',
    what: 'another mount',
    act: ({ outside }, name) =>
      outside.remake(name, { mount: { type: 'volume', source: 'another', target: '/data' } }),
    message: /^Its world is in another instead of /,
    mend: 'Make anew',
    calls: /createContainer/,
  },
  {
    kind: 'changed',
    what: 'a variable',
    act: (kit, name) => kit.outside.remake(name, { env: { ...kit.container(name).spec.env, TYPE: 'PAPER' } }),
    message: /^A variable differs: TYPE\.$/,
    mend: 'Make anew',
    calls: /createContainer/,
  },
  {
    kind: 'changed',
    what: 'the memory limit',
    act: ({ outside }, name) => outside.update(name, { memoryBytes: 3 * GB }),
    message: /^Its memory limit is 3 GB instead of 1.5 GB\.$/,
    mend: 'Make anew',
    calls: /createContainer/,
  },
  {
    kind: 'changed',
    what: 'the restart policy',
    act: ({ outside }, name) => outside.update(name, { restartPolicy: 'no' }),
    message: /^Its restart policy is no instead of unless-stopped\.$/,
    mend: 'Put right',
    calls: /^setRestartPolicy \S+ unless-stopped$/,
  },
  {
    kind: 'image',
    what: 'is gone',
    act: ({ engine }) => engine.images.clear(),
    message: /is gone from the engine/,
    mend: 'Pull again',
    calls: /^pullImage game:1$/,
  },
]

describe.each(cases)('$kind: $what', ({ kind, act, message, mend, calls }) => {
  test('is shown, waits, and its button mends it, with the same world and port', async () => {
    const kit = openReconcileKit()
    const before = await kit.online()
    await act(kit, before.containerName)
    kit.engine.calls.length = 0
    const drift = await kit.seen(before.id, kind)
    expect(drift).toEqual([{ kind, message: expect.stringMatching(message), mend }])
    await kit.reconciler.reconcile()
    await kit.reconciler.reconcile()
    expect(kit.changes()).toEqual([])

    await kit.mender.mend(before.id, kind, 'test')
    const after = await kit.until(before.id, ({ status, drift }) => status === 'online' && drift.length === 0)
    expect(kit.changes().some((call) => calls.test(call))).toBe(true)
    expect([after.port, after.rconPort, after.volumeName]).toEqual([
      before.port,
      before.rconPort,
      before.volumeName,
    ])
    expect([...kit.engine.containers.keys()]).toEqual([before.containerName])
    const { spec } = kit.container(before.containerName)
    expect(spec.mount.source).toBe(before.volumeName)
    expect(spec.ports.map(({ hostPort }) => hostPort)).toEqual([before.port, before.port, before.rconPort])
    expect(kit.engine.volumes.has(before.volumeName)).toBe(true)
    const notes = kit.database.prepare("SELECT actor FROM activity WHERE action = 'server.mended'").all()
    expect(notes).toEqual([{ actor: 'test' }])
  })
})

describe('drift', () => {
  test('of a world that is gone is told and can’t be mended: no empty one is made', async () => {
    const kit = openReconcileKit()
    const { id, containerName, volumeName } = await kit.online()
    kit.outside.remove(containerName)
    kit.engine.volumes.delete(volumeName)
    const drift = await kit.seen(id, 'removed', 'volume')
    expect(drift.map(({ mend }) => mend)).toEqual([null, null])
    for (const kind of ['removed', 'volume'] as const)
      await expect(kit.mender.mend(id, kind, 'test')).rejects.toMatchObject({ code: 'VOLUME_MISSING' })
    expect(kit.changes()).toEqual([])
  })

  test('that is not there can’t be mended', async () => {
    const kit = openReconcileKit()
    const { id } = await kit.online()
    for (const kind of ['removed', 'stopped', 'paused', 'renamed', 'changed', 'image', 'volume'] as const)
      await expect(kit.mender.mend(id, kind, 'test')).rejects.toMatchObject({ code: 'NOT_FOUND' })
    await expect(kit.mender.mend('nobody', 'removed', 'test')).rejects.toMatchObject({ code: 'NOT_FOUND' })
    expect(kit.changes()).toEqual([])
  })

  test('is none where LightNode did it itself: a stop, a password, memory for the next start', async () => {
    const kit = openReconcileKit()
    const { id } = await kit.online()
    await kit.servers.update(id, { memory: 2 }, 'test')
    await kit.seen(id)
    await kit.servers.stop(id, 'test')
    await kit.servers.update(id, { memory: 3, environment: { SEED: '7' } }, 'test')
    await kit.seen(id)
    await kit.servers.rotatePassword(id, 'test')
    await kit.seen(id)
  })

  test('of a renamed container waits while a stranger has the name, and says so', async () => {
    const kit = openReconcileKit()
    const { id, containerName } = await kit.online()
    const { spec } = kit.container(containerName)
    kit.outside.rename(containerName, 'elsewhere')
    await kit.engine.createContainer({ ...spec, labels: {}, ports: [] })
    await kit.seen(id, 'renamed')
    await expect(kit.mender.mend(id, 'renamed', 'test')).rejects.toMatchObject({
      code: 'NAME_TAKEN',
      message: `Another container is called ${containerName}.`,
    })
    await kit.seen(id, 'renamed')
  })

  test('of a stopped server that was made anew otherwise is mended without a start', async () => {
    const kit = openReconcileKit()
    const { id, containerName, volumeName } = await kit.online()
    await kit.servers.stop(id, 'test')
    await kit.outside.remake(containerName, {
      mount: { type: 'volume', source: 'another', target: '/data' },
    })
    kit.outside.stop(containerName)
    kit.engine.calls.length = 0
    await kit.seen(id, 'changed')
    await kit.mender.mend(id, 'changed', 'test')
    expect(kit.changes()).toEqual([`removeContainer ${containerName}`])
    expect((await kit.seen(id)).length).toBe(0)
    expect(kit.servers.get(id).status).toBe('stopped')
    kit.servers.start(id, 'test')
    await kit.until(id, 'online')
    expect(kit.container(containerName).spec.mount.source).toBe(volumeName)
  })

  test('of an adopted server is what is known of it', async () => {
    const kit = openReconcileKit()
    const { id, containerName } = await kit.online()
    updateServer(kit.database, id, { adopted: 1 })
    kit.container(containerName).state.labels = {}
    kit.engine.images.clear()
    kit.outside.update(containerName, { memoryBytes: 3 * GB, restartPolicy: 'always' })
    await kit.seen(id)
    kit.outside.rename(containerName, 'elsewhere')
    kit.outside.pause('elsewhere')
    await kit.seen(id, 'paused', 'renamed')
    kit.outside.remove('elsewhere')
    await kit.seen(id, 'removed')
  })

  test('of a container that took an adopted one’s place is all that is known of ours', async () => {
    const kit = openReconcileKit()
    const { id, containerName } = await kit.online()
    updateServer(kit.database, id, { adopted: 1 })
    kit.outside.update(containerName, { restartPolicy: 'always' })
    await kit.seen(id, 'changed')
  })

  test('is not offered to be mended while a launch is about to', async () => {
    const kit = openReconcileKit()
    const { id, containerName } = await kit.online()
    kit.outside.stop(containerName)
    await kit.seen(id, 'stopped')
    kit.engine.versionName = null
    kit.servers.start(id, 'test')
    await kit.seen(id)
    await expect(kit.mender.mend(id, 'stopped', 'test')).rejects.toMatchObject({ code: 'BUSY' })
  })

  test('an image that can’t be pulled again is told in its own words', async () => {
    const kit = openReconcileKit()
    const { id } = await kit.online()
    kit.engine.images.clear()
    await kit.seen(id, 'image')
    const { EngineError } = await import('../../../src/main/engine/types.ts')
    kit.engine.before = (method) => {
      if (method === 'pullImage') throw new EngineError('pull-failed', 'no route to host')
    }
    await expect(kit.mender.mend(id, 'image', 'test')).rejects.toMatchObject({
      code: 'IMAGE_MISSING',
      message: 'The image game:1 could not be pulled: no route to host',
    })
  })
})
