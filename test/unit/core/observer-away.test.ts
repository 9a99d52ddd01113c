import { describe, expect, test } from 'vitest'
import { labelsOf } from '../../../src/main/servers/labels.ts'
import { installationId, type LaunchKit, openLaunchKit } from './launch-kit.ts'

async function online(kit: LaunchKit) {
  const { id } = await kit.create()
  return kit.until(id, 'online')
}

const tell = (kit: LaunchKit, id: string, action: 'die' | 'start' | 'oom', installation = installationId) =>
  kit.watch.emit({ action, labels: labelsOf(installation, id) })

const turns = () => new Promise((resolve) => setTimeout(resolve, 30))

describe('after LightNode or the engine was away', () => {
  test('every server is looked at: what its engine ended is launched again, a game that fell is told', async () => {
    const kit = openLaunchKit()
    const first = await online(kit)
    const { id } = await kit.create({ name: 'Second' })
    const second = await kit.until(id, 'online')
    kit.watch.see('missing')
    // A killed engine that comes back stops what it finds running, and takes it for stopped by hand.
    kit.engine.end(first.containerName, 0)
    kit.engine.end(second.containerName, 9)
    await turns()
    expect(kit.servers.list().map(({ status }) => status)).toEqual(['online', 'online'])
    kit.connect()
    await kit.until(second.id, 'failed')
    await kit.until(first.id, 'online')
    expect(kit.engine.containers.get(first.containerName)?.state.status).toBe('running')
  })

  test('what was stopped while LightNode was away waits for its button', async () => {
    const kit = openLaunchKit()
    const { id, containerName } = await online(kit)
    await kit.stop()
    kit.engine.end(containerName, 0)
    const { observer, servers } = kit.restart()
    await observer.lookAtAll()
    expect(servers.get(id)).toMatchObject({ status: 'stopped', drift: [{ kind: 'stopped', mend: 'Start' }] })
  })

  test('a server that was started by hand is verified and Online', async () => {
    const kit = openLaunchKit()
    const { id, containerName } = await online(kit)
    await kit.servers.stop(id, 'test')
    await kit.engine.startContainer(containerName)
    await kit.observer.lookAtAll()
    await kit.until(id, 'online')
  })

  test('an engine that refuses to tell changes nothing, and is asked again', async () => {
    const kit = openLaunchKit()
    const { id, containerName } = await online(kit)
    kit.engine.before = () => {
      throw new Error('no answer')
    }
    kit.engine.end(containerName, 0)
    tell(kit, id, 'die')
    await turns()
    expect(kit.servers.get(id).status).toBe('online')
    kit.engine.before = () => {}
    await kit.until(id, 'stopped')
  })
})
