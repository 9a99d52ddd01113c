import { describe, expect, test } from 'vitest'
import { HELPER_LABEL } from '../../../src/main/servers/labels.ts'
import { failureOf } from '../core/kit.ts'
import { openAdoptionKit } from './adoption-kit.ts'

const foreignLabels = { 'org.lightnode.installation': 'another', 'org.lightnode.server': 'theirs' }

describe('the list of what was found', () => {
  test('shows games alone: by the image’s name or by its contract; never ours, a helper, or another service', async () => {
    const kit = openAdoptionKit()
    await kit.online()
    const bare = { EULA: undefined, TYPE: undefined, VERSION: undefined } as unknown as Record<string, string>
    for (const [name, image, env] of [
      ['a-fork', 'registry.example/me/minecraft-server:java21', bare],
      ['by-contract', 'somebody/else:1', {}],
      ['bedrock', 'itzg/minecraft-bedrock-server', {}],
      ['web', 'nginx', bare],
    ] as const) {
      kit.engine.images.add(image)
      await kit.byHand({ name, image, env, running: false })
    }
    await kit.byHand({ name: 'helper', labels: { ...kit.labels('x'), [HELPER_LABEL]: 'x' }, running: false })
    for (const name of ['a-fork', 'web'])
      for (const [key, value] of Object.entries(kit.container(name).state.env))
        if (value === undefined) delete kit.container(name).state.env[key]
    const { containers } = await kit.found.list()
    expect(containers.map(({ name, kind, refusal }) => [name, kind, refusal])).toEqual([
      ['a-fork', 'other', null],
      ['by-contract', 'other', null],
    ])
  })

  test('another LightNode’s are shown and left alone', async () => {
    const kit = openAdoptionKit()
    const id = await kit.byHand({ labels: foreignLabels })
    expect((await kit.found.list()).containers).toMatchObject([
      { id, kind: 'foreign', refusal: 'It belongs to another LightNode.' },
    ])
    expect(await failureOf(() => kit.found.adopt(id, undefined, 'test'))).toMatchObject({
      code: 'NOT_ADOPTABLE',
    })
  })

  test('what is no container to adopt, or ours already, is not found', async () => {
    const kit = openAdoptionKit()
    const { id } = await kit.online()
    const ours = kit.row(id).containerId ?? ''
    for (const wrong of ['nowhere', ours, 'mc'])
      expect(await failureOf(() => kit.found.adopt(wrong, undefined, 'test'))).toMatchObject({
        code: 'NOT_FOUND',
      })
  })
})

describe('ours without a record', () => {
  /** A container as LightNode made it for a server that no row is left of. */
  async function orphan(running = true) {
    const kit = openAdoptionKit()
    const server = await kit.online({ name: 'Lost & found' })
    await kit.servers.update(server.id, { environment: { SEED: '3' } }, 'test')
    await kit.servers.restart(server.id, 'test')
    await kit.until(server.id, ({ status, restartNeeded }) => status === 'online' && !restartNeeded)
    const before = kit.row(server.id)
    const password = kit.rconPassword(server.id)
    if (!running) kit.outside.stop(server.containerName)
    kit.engine.files(server.volumeName).set('server.properties', Buffer.from('motd=x'))
    kit.database.exec(`
      UPDATE ports SET server_id = NULL, reserved_at = NULL; DELETE FROM run_steps; DELETE FROM runs;
      DELETE FROM tasks; DELETE FROM servers;`)
    kit.engine.calls.length = 0
    return { kit, before, password }
  }

  test('is adopted under its own id, with all that it was', async () => {
    const { kit, before, password } = await orphan()
    const { containers } = await kit.found.list()
    expect(containers).toMatchObject([{ kind: 'orphan', id: before.containerId, refusal: null }])
    const { id } = await kit.found.adopt(before.containerId ?? '', undefined, 'test')
    expect(id).toBe(before.id)
    await kit.until(id, 'online')
    const { name, port, rconPort, volumeName, containerName, memoryMb, environment, image, mountType } =
      before
    expect(kit.row(id)).toMatchObject({
      ...{ name, port, rconPort, volumeName, containerName, memoryMb, environment, image, mountType },
      ...{ adopted: 0, rconVia: 'port', containerId: before.containerId },
    })
    expect(kit.rconPassword(id)).toBe(password)
    expect(kit.changes()).toEqual([])
    await kit.servers.restart(id, 'test')
    await kit.until(id, 'online')
    // The same container: it is whole.
    expect(kit.row(id).containerId).toBe(before.containerId)
  })

  test('that is stopped stays stopped', async () => {
    const { kit, before } = await orphan(false)
    expect((await kit.found.adopt(before.containerId ?? '', 'Again', 'test')).status).toBe('stopped')
    expect(kit.changes()).toEqual([])
  })

  test('its volume alone gets a new record, and its version from the world', async () => {
    const { kit, before } = await orphan(false)
    const { volumeName } = before
    const wish = { volume: volumeName, name: 'Volume', memory: 2, acceptEula: true }
    // The container knows more: it is adopted first.
    expect(await failureOf(() => kit.found.adoptVolume(wish, 'test'))).toMatchObject({
      code: 'NOT_ADOPTABLE',
    })
    kit.outside.remove(before.containerName)
    expect((await kit.found.list()).volumes).toMatchObject([{ name: volumeName, serverId: before.id }])
    expect(
      await failureOf(() => kit.found.adoptVolume({ ...wish, acceptEula: false }, 'test')),
    ).toMatchObject({
      code: 'EULA_REQUIRED',
    })
    kit.engine.files(volumeName).set('purpur.yml', Buffer.from('x'))
    const server = await kit.found.adoptVolume(wish, 'test')
    expect(server).toMatchObject({
      id: before.id,
      name: 'Volume',
      status: 'stopped',
      type: 'PURPUR',
      volumeName,
    })
    expect(server).toMatchObject({ newWorld: false, adopted: false })
    expect([...kit.engine.containers.keys()]).toEqual([])
    kit.servers.start(server.id, 'test')
    await kit.until(server.id, 'online')
    expect(kit.container(server.containerName).state.mounts).toMatchObject([{ source: volumeName }])
    expect((await kit.found.list()).volumes).toEqual([])
  })

  test('its volume goes when a person types its name, and not before', async () => {
    const { kit, before } = await orphan(false)
    kit.outside.remove(before.containerName)
    const { volumeName } = before
    expect(await failureOf(() => kit.found.removeVolume(volumeName, 'yes', 'test'))).toMatchObject({
      code: 'INVALID_INPUT',
    })
    expect(kit.engine.volumes.has(volumeName)).toBe(true)
    await kit.found.removeVolume(volumeName, volumeName, 'test')
    expect(kit.engine.volumes.has(volumeName)).toBe(false)
  })

  test('a volume that a server stands for is not to be had here', async () => {
    const kit = openAdoptionKit()
    const { volumeName } = await kit.online()
    expect(await failureOf(() => kit.found.removeVolume(volumeName, volumeName, 'test'))).toMatchObject({
      code: 'NOT_FOUND',
    })
    expect(kit.engine.volumes.has(volumeName)).toBe(true)
  })
})

test('one that compose made anew is the adopted server’s again: same id and password, new container and port', async () => {
  const kit = openAdoptionKit()
  const first = await kit.byHand({ env: { RCON_PASSWORD: 'First' }, rconPort: kit.spare() })
  const { id } = await kit.found.adopt(first, 'Ours', 'test')
  await kit.until(id, 'online')
  kit.outside.remove('mc')
  const port = kit.spare()
  const second = await kit.byHand({
    env: { RCON_PASSWORD: 'Second', MEMORY: '2G' },
    rconPort: kit.spare(),
    port,
  })
  await kit.seen(id, 'removed')
  expect((await kit.found.list()).containers).toMatchObject([{ id: second, refusal: null }])
  expect(await kit.found.preview(second)).toMatchObject({ name: 'Ours' })
  expect((await kit.found.adopt(second, undefined, 'test')).id).toBe(id)
  const server = await kit.until(id, 'online')
  expect(server).toMatchObject({ name: 'Ours', port, memory: 2, drift: [] })
  expect(kit.rconPassword(id)).toBe('Second')
  expect(kit.servers.list()).toHaveLength(1)
  expect(kit.changes()).toEqual([])
})
