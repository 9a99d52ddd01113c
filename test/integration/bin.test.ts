import { afterEach, beforeAll, describe, expect, test } from 'vitest'
import { BIN_KEEPS_PORT_MS } from '../../src/shared/bin.ts'
import { formatAddress } from '../../src/shared/describe.ts'
import { checkPing, checkRcon } from '../support/checker.ts'
import { noEngine, serverInput, startCore, type TestCore } from '../support/core.ts'
import { hasEngine, localDocker } from '../support/docker.ts'
import { buildGameImage } from '../support/game-image/build.ts'

const online = ({ status }: { status: string }) => status === 'online'

async function exists(look: Promise<unknown>): Promise<boolean> {
  return look.then(
    () => true,
    () => false,
  )
}

describe.skipIf(!(await hasEngine()))('the bin on a real engine', () => {
  let image: string
  let running: TestCore
  const docker = localDocker()

  beforeAll(async () => {
    image = await buildGameImage()
  })

  afterEach(() => running.destroy())

  /** The world's file as it is in the volume. */
  async function world(containerName: string): Promise<Buffer> {
    const stream = await docker.getContainer(containerName).getArchive({ path: '/data/world/level.dat' })
    const chunks: Buffer[] = []
    for await (const chunk of stream) chunks.push(Buffer.from(chunk))
    return Buffer.concat(chunks)
  }

  test('delete, wait, restore: same address, same world, same password', async () => {
    running = await startCore({ image })
    const { core } = running
    const created = await core.servers.create(serverInput({ name: 'Kept' }), 'test')
    const before = await running.until(created.id, online)
    const seed = (await world(before.containerName)).includes('seed')
    await core.bin.remove(created.id, 'test')

    expect(core.servers.list()).toEqual([])
    expect(await exists(docker.getContainer(before.containerName).inspect())).toBe(false)
    expect(await exists(docker.getVolume(before.volumeName).inspect())).toBe(true)
    expect(core.bin.list()).toMatchObject([
      { id: created.id, name: 'Kept', port: before.port, expired: false },
    ])
    const held = core.ports.view('local', 'game').ports.find(({ port }) => port === before.port)
    expect(held?.server).toEqual({ id: created.id, name: 'Kept', inBin: true })

    // Its name is free meanwhile, its port is not.
    const other = await core.servers.create(serverInput({ name: 'kept' }), 'test')
    expect(other.port).not.toBe(before.port)
    await expect(core.bin.restore(created.id, undefined, 'test')).rejects.toMatchObject({
      code: 'NAME_TAKEN',
    })
    await core.bin.restore(created.id, 'Kept again', 'test')
    const after = await running.until(created.id, online)
    expect([after.name, after.port, after.ipAddress]).toEqual(['Kept again', before.port, before.ipAddress])
    expect((await world(after.containerName)).includes('seed')).toBe(seed)
    await checkPing(formatAddress(after.ipAddress, after.port))
    expect(await checkRcon('127.0.0.1', after.rconPort, created.rconPassword, 'list')).toContain('players')
    await running.until(other.id, online)
  })

  test('for good only by the name that a person types, and then nothing of it is left', async () => {
    running = await startCore({ image })
    const { core, database } = running
    const { id, port } = await core.servers.create(serverInput({ name: 'Gone' }), 'test')
    const { volumeName } = await running.until(id, online)
    await core.bin.remove(id, 'test')
    await expect(core.bin.purge(id, 'gone', 'test')).rejects.toMatchObject({ code: 'INVALID_INPUT' })
    expect(await exists(docker.getVolume(volumeName).inspect())).toBe(true)
    await core.bin.purge(id, 'Gone', 'test')
    expect(await exists(docker.getVolume(volumeName).inspect())).toBe(false)
    expect(core.bin.list()).toEqual([])
    expect(core.ports.view('local', 'game').ports.find((entry) => entry.port === port)?.state).toBe('free')
    for (const table of ['servers', 'runs', 'run_steps', 'sessions'])
      expect(database.prepare(`SELECT * FROM ${table}`).all()).toEqual([])
  })

  test('a removal that a stop cut off is finished at the next start, and a launch under way is ended', async () => {
    running = await startCore({ image })
    const { id } = await running.core.servers.create(serverInput(), 'test')
    const { containerName } = await running.until(id, ({ status }) => status === 'starting')
    // By its first line the game hears a signal; before it would be waited for until it is killed.
    await expect.poll(() => running.core.servers.logs(id, 5)).not.toEqual([])
    const removal = running.core.bin.remove(id, 'test')
    await expect.poll(() => running.core.bin.list().length).toBe(1)
    await running.stop()
    await removal
    running = await startCore({ image, dataDir: running.dataDir })
    await expect
      .poll(() => exists(docker.getContainer(containerName).inspect()), { timeout: 20_000 })
      .toBe(false)
    expect(running.core.servers.list()).toEqual([])
  })

  test('more memory is in force after a restart, on the same world and port', async () => {
    running = await startCore({ image })
    const { core } = running
    const { id } = await core.servers.create(serverInput({ memory: 0.5 }), 'test')
    const before = await running.until(id, online)
    const changed = await core.servers.update(id, { name: 'Larger', memory: 1 }, 'test')
    expect(changed).toMatchObject({ name: 'Larger', memory: 1, restartNeeded: true, status: 'online' })
    await core.servers.restart(id, 'test')
    const after = await running.until(id, (server) => server.status === 'online' && !server.restartNeeded)
    expect(after.port).toBe(before.port)
    const { HostConfig, Config } = await docker.getContainer(after.containerName).inspect()
    expect(HostConfig.Memory).toBe(1536 * 1024 ** 2)
    expect(Config.Env).toContain('MEMORY=1024M')
    await expect(core.servers.update(id, { memory: 1000 }, 'test')).rejects.toMatchObject({
      code: 'MEMORY_EXCEEDED',
    })
  })
})

describe('the bin without an engine', () => {
  let running: TestCore

  afterEach(() => running.destroy())

  test('after 7 days the port is free again, and the entry and its volume stay', async () => {
    let now = Date.now()
    running = await startCore({ watch: noEngine(), now: () => now })
    const { core } = running
    core.hosts.update({ id: 'local', gamePorts: { first: 25_980, last: 25_985 } })
    const { id, port } = await core.servers.create(serverInput(), 'test')
    await core.bin.remove(id, 'test')
    now += BIN_KEEPS_PORT_MS - 1
    await core.bin.tidy()
    expect(core.bin.list()).toMatchObject([{ port, expired: false }])
    now += 1
    await core.bin.tidy()
    expect(core.bin.list()).toMatchObject([{ port, expired: true }])

    // The old port if it is free, though another would come first; else the answer says which.
    expect((await core.bin.restore(id, undefined, 'test')).port).toBe(port)
    await core.bin.remove(id, 'test')
    now += BIN_KEEPS_PORT_MS
    await core.bin.tidy()
    for (let n = 0; n < 6; n++) await core.servers.create(serverInput(), 'test')
    await expect(core.bin.restore(id, undefined, 'test')).rejects.toMatchObject({ code: 'POOL_EXHAUSTED' })
    expect(core.bin.list()).toHaveLength(1)
  })

  test('a clock that jumps brings nothing but the port back early, and takes no world', async () => {
    let now = Date.now()
    running = await startCore({ watch: noEngine(), now: () => now })
    const { core } = running
    const { id } = await core.servers.create(serverInput(), 'test')
    await core.bin.remove(id, 'test')
    now += 1000 * BIN_KEEPS_PORT_MS
    await core.bin.tidy()
    now -= 2000 * BIN_KEEPS_PORT_MS
    await core.bin.tidy()
    expect(core.bin.list()).toHaveLength(1)
    expect((await core.bin.restore(id, undefined, 'test')).id).toBe(id)
  })

  test('what the bin holds counts in a full pool', async () => {
    running = await startCore({ watch: noEngine() })
    const { core } = running
    core.hosts.update({ id: 'local', gamePorts: { first: 25_990, last: 25_991 } })
    const { id } = await core.servers.create(serverInput(), 'test')
    await core.servers.create(serverInput(), 'test')
    await core.bin.remove(id, 'test')
    await expect(core.servers.create(serverInput(), 'test')).rejects.toThrow(
      'in use: 1 by servers, 1 by servers in the bin.',
    )
  })
})
