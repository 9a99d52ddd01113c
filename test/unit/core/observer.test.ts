import { describe, expect, test } from 'vitest'
import { EngineError } from '../../../src/main/engine/types.ts'
import { labelsOf } from '../../../src/main/servers/labels.ts'
import { installationId, type LaunchKit, openLaunchKit } from './launch-kit.ts'

async function online(kit: LaunchKit) {
  const { id } = await kit.create()
  return kit.until(id, 'online')
}

const tell = (kit: LaunchKit, id: string, action: 'die' | 'start' | 'oom', installation = installationId) =>
  kit.watch.emit({ action, labels: labelsOf(installation, id) })

const turns = () => new Promise((resolve) => setTimeout(resolve, 30))

describe('a server that is Online', () => {
  test.each([0, 143])('is Stopped when its container ends in order (%i)', async (code) => {
    const kit = openLaunchKit()
    const { id, containerName } = await online(kit)
    kit.engine.end(containerName, code)
    tell(kit, id, 'die')
    expect((await kit.until(id, 'stopped')).problem).toBeNull()
  })

  test('has Failed with OUT_OF_MEMORY when it was killed for memory', async () => {
    const kit = openLaunchKit()
    const { id, containerName } = await online(kit)
    kit.engine.end(containerName, 137, { outOfMemory: true })
    tell(kit, id, 'die')
    expect((await kit.until(id, 'failed')).problem).toMatchObject({
      code: 'OUT_OF_MEMORY',
      message: 'The game was killed because it needed more than its limit of 1.5 GB.',
    })
  })

  test('has Failed with EXITED_EARLY when it crashed, and says with which code', async () => {
    const kit = openLaunchKit()
    const { id, containerName } = await online(kit)
    kit.engine.end(containerName, 2)
    tell(kit, id, 'die')
    expect((await kit.until(id, 'failed')).problem).toMatchObject({
      code: 'EXITED_EARLY',
      message: expect.stringContaining('exit code 2'),
    })
  })

  test('is Starting while the engine restarts it, and Online again once it answers', async () => {
    const kit = openLaunchKit()
    const { id, containerName } = await online(kit)
    const { state } = kit.engine.containers.get(containerName)!
    state.status = 'restarting'
    tell(kit, id, 'die')
    await kit.until(id, 'starting')
    state.status = 'running'
    tell(kit, id, 'start')
    await kit.until(id, 'online')
  })

  test('is Stopped when its container was removed', async () => {
    const kit = openLaunchKit()
    const { id, containerName } = await online(kit)
    kit.engine.containers.delete(containerName)
    kit.watch.emit({ action: 'destroy', labels: labelsOf(installationId, id) })
    await kit.until(id, 'stopped')
  })

  test('does not care for the events of another installation', async () => {
    const kit = openLaunchKit()
    const { id, containerName } = await online(kit)
    const before = kit.engine.calls.length
    kit.engine.end(containerName, 137, { outOfMemory: true })
    tell(kit, id, 'die', 'another-installation')
    kit.watch.emit({ action: 'die', labels: {} })
    await turns()
    expect(kit.servers.get(id).status).toBe('online')
    expect(kit.engine.calls).toHaveLength(before)
  })

  test('is looked at again when its end comes while a look is under way', async () => {
    const kit = openLaunchKit()
    const { id, containerName } = await online(kit)
    let answered = () => {}
    const { inspectContainer } = kit.engine
    kit.engine.inspectContainer = async (name) => {
      const seen = await inspectContainer(name)
      // What it saw is old by the time it arrives.
      await new Promise<void>((resolve) => (answered = resolve))
      return seen
    }
    tell(kit, id, 'oom')
    await turns()
    kit.engine.inspectContainer = inspectContainer
    kit.engine.end(containerName, 137, { outOfMemory: true })
    tell(kit, id, 'die')
    answered()
    expect((await kit.until(id, 'failed')).problem?.code).toBe('OUT_OF_MEMORY')
  })

  test('is looked at once more after its launch: an end in the last moment is not missed', async () => {
    const kit = openLaunchKit()
    kit.engine.before = (method, subject) => {
      if (method !== 'setRestartPolicy' || !subject.endsWith('unless-stopped')) return
      // After the last check of the launch.
      const [name = ''] = subject.split(' ')
      kit.engine.end(name, 1)
      for (const { id } of kit.servers.list()) tell(kit, id, 'die')
    }
    const { id } = await kit.create()
    expect((await kit.until(id, 'failed')).problem?.code).toBe('EXITED_EARLY')
  })

  test('is stopped by us without being news', async () => {
    const kit = openLaunchKit()
    const { id } = await online(kit)
    const stopped = kit.servers.stop(id, 'test')
    tell(kit, id, 'die')
    expect((await stopped).status).toBe('stopped')
    await turns()
    const actions = kit.database.prepare('SELECT actor, action FROM activity ORDER BY id DESC').all()
    expect(actions[0]).toEqual({ actor: 'test', action: 'server.stopped' })
  })
})

describe('what others do to a container', () => {
  const emit = (kit: LaunchKit, id: string, action: 'change' | 'die') =>
    kit.watch.emit({ action, labels: labelsOf(installationId, id) })
  const rename = (kit: LaunchKit, from: string, to: string) => {
    const container = kit.engine.containers.get(from)!
    container.state.name = to
    kit.engine.containers.delete(from)
    kit.engine.containers.set(to, container)
    return container
  }
  /** A container of somebody else under that name, running. */
  async function stranger(kit: LaunchKit, name: string) {
    const { spec } = [...kit.engine.containers.values()][0]!
    await kit.engine.createContainer({ ...spec, name, labels: {}, ports: [] })
    await kit.engine.startContainer(name)
    return kit.engine.containers.get(name)!
  }

  test('a pause is a stop, and Start goes on from there', async () => {
    const kit = openLaunchKit()
    const { id, containerName } = await online(kit)
    kit.engine.containers.get(containerName)!.state.status = 'paused'
    emit(kit, id, 'change')
    expect((await kit.until(id, 'stopped')).problem).toBeNull()
    kit.servers.start(id, 'test')
    await kit.until(id, 'online')
    expect(kit.engine.containers.get(containerName)!.state.status).toBe('running')
  })

  test('a paused one can be stopped', async () => {
    const kit = openLaunchKit()
    const { id, containerName } = await online(kit)
    const { state } = kit.engine.containers.get(containerName)!
    state.status = 'paused'
    emit(kit, id, 'change')
    await kit.until(id, 'stopped')
    await kit.servers.stop(id, 'test')
    expect(state.status).toBe('exited')
  })

  test('one that goes on after a pause is verified and Online', async () => {
    const kit = openLaunchKit()
    const { id, containerName } = await online(kit)
    const { state } = kit.engine.containers.get(containerName)!
    state.status = 'paused'
    emit(kit, id, 'change')
    await kit.until(id, 'stopped')
    state.status = 'running'
    emit(kit, id, 'change')
    await kit.until(id, 'online')
  })

  test('a renamed one is still the server’s: stopped and started under its new name, never doubled', async () => {
    const kit = openLaunchKit()
    const { id, containerName } = await online(kit)
    const { state } = rename(kit, containerName, 'elsewhere')
    emit(kit, id, 'change')
    await turns()
    expect(kit.servers.get(id).status).toBe('online')
    expect((await kit.servers.stop(id, 'test')).status).toBe('stopped')
    expect(state.status).toBe('exited')
    kit.servers.start(id, 'test')
    await kit.until(id, 'online')
    expect([...kit.engine.containers.keys()]).toEqual(['elsewhere'])
  })

  test('a stranger under the server’s name is never touched', async () => {
    const kit = openLaunchKit()
    const { id, containerName } = await online(kit)
    const own = rename(kit, containerName, 'elsewhere')
    const other = await stranger(kit, containerName)
    await kit.servers.stop(id, 'test')
    expect([own.state.status, other.state.status]).toEqual(['exited', 'running'])
    kit.engine.containers.delete('elsewhere')
    kit.servers.start(id, 'test')
    expect((await kit.until(id, 'failed')).problem).toMatchObject({
      code: 'ENGINE_REFUSED',
      message: `A container called ${containerName} exists that LightNode did not make.`,
    })
    expect(other.state.status).toBe('running')
  })

  test('a removal that is under way is no crash', async () => {
    const kit = openLaunchKit()
    const { id, containerName } = await online(kit)
    Object.assign(kit.engine.containers.get(containerName)!.state, { status: 'removing', exitCode: 137 })
    emit(kit, id, 'die')
    await turns()
    kit.engine.containers.delete(containerName)
    kit.watch.emit({ action: 'destroy', labels: labelsOf(installationId, id) })
    expect((await kit.until(id, 'stopped')).problem).toBeNull()
  })

  test('a crash while Online is not told as one before it was ready', async () => {
    const kit = openLaunchKit()
    const { id, containerName } = await online(kit)
    kit.engine.end(containerName, 9)
    emit(kit, id, 'die')
    expect((await kit.until(id, 'failed')).problem?.message).toBe(
      'The game ended while it was online, with exit code 9.',
    )
  })
})

describe('a stop', () => {
  test('that the engine did, but could not answer, is seen', async () => {
    const kit = openLaunchKit()
    const { id, containerName } = await online(kit)
    kit.engine.before = (method) => {
      if (method !== 'stopContainer') return
      kit.engine.end(containerName, 0)
      tell(kit, id, 'die')
      throw new EngineError('unreachable', 'cut off')
    }
    expect((await kit.servers.stop(id, 'test')).status).toBe('stopped')
  })

  test('lets nothing begin until it is done, and is shared by who asks twice', async () => {
    const kit = openLaunchKit()
    const { id } = await online(kit)
    let goOn = () => {}
    kit.engine.before = (method) =>
      method === 'stopContainer' ? new Promise<void>((resolve) => (goOn = resolve)) : undefined
    const both = [kit.servers.stop(id, 'test'), kit.servers.stop(id, 'test')]
    await turns()
    expect(() => kit.servers.start(id, 'test')).toThrow('Stopping: Stopping the game. Wait until it is done.')
    goOn()
    expect((await Promise.all(both)).map(({ status }) => status)).toEqual(['stopped', 'stopped'])
    expect(kit.engine.calls.filter((call) => call.startsWith('stopContainer'))).toHaveLength(1)
  })
})
