import { afterEach, beforeAll, describe, expect, test } from 'vitest'
import { formatAddress } from '../../src/shared/describe.ts'
import { checkPing, checkRcon } from '../support/checker.ts'
import { serverInput, startCore, type TestCore } from '../support/core.ts'
import { hasEngine, localDocker } from '../support/docker.ts'
import { buildGameImage } from '../support/game-image/build.ts'

const MB = 1024 ** 2

describe.skipIf(!(await hasEngine()))('provisioning on a real engine', () => {
  let image: string
  let running: TestCore

  beforeAll(async () => {
    image = await buildGameImage()
  })

  afterEach(() => running.destroy())

  test('a server comes Online, and an independent client pings its address and logs in', async () => {
    running = await startCore({ image })
    const created = await running.core.servers.create(serverInput(), 'test')
    expect(created.status).toBe('provisioning')
    expect(created.addressFinal).toBe(false)
    const server = await running.until(created.id, ({ status }) => status === 'online')
    expect(server.addressFinal).toBe(true)
    expect(server.run?.state).toBe('succeeded')
    expect(server.run?.steps.map(({ state }) => state)).toEqual(['done', 'done', 'done', 'done', 'done'])

    const ping = await checkPing(formatAddress(server.ipAddress, server.port))
    expect(ping.versionName).toBe('26.1')
    const { rconPassword, rconPort } = running.core.servers.credentials(created.id, 'test')
    expect(await checkRcon('127.0.0.1', rconPort, rconPassword, 'list')).toContain('players')
    await expect(checkRcon('127.0.0.1', rconPort, 'not-the-password', 'list')).rejects.toThrow()
  })

  test('the container carries every setting, and nowhere the password', async () => {
    running = await startCore({ image })
    const { id } = await running.core.servers.create(serverInput({ name: 'Ünïted 🌍', memory: 1 }), 'test')
    const server = await running.until(id, ({ status }) => status === 'online')
    const inspected = await localDocker().getContainer(server.containerName).inspect()
    const { rconPassword } = running.core.servers.credentials(id, 'test')

    expect(server.containerName).toBe(`united-${id}`)
    expect(server.volumeName).toBe(`united-${id}`)
    expect(JSON.stringify(inspected)).not.toContain(rconPassword)
    expect(inspected.Config.Labels).toMatchObject({
      'org.lightnode.installation': running.installationId,
      'org.lightnode.server': id,
    })
    expect(inspected.Config.Env).toEqual(
      expect.arrayContaining(['EULA=TRUE', 'TYPE=VANILLA', 'VERSION=26.1', 'MEMORY=1024M']),
    )
    expect(inspected.Config.Env.join(' ')).not.toMatch(/RCON_PASSWORD=/)
    expect(inspected.Config).toMatchObject({ StopTimeout: 75 })
    expect(inspected.HostConfig).toMatchObject({
      RestartPolicy: { Name: 'unless-stopped' },
      // The larger of 25% and 512 MB on top of the heap, and no swap beside it.
      Memory: 1536 * MB,
      MemorySwap: 1536 * MB,
      PidsLimit: 2048,
      SecurityOpt: ['no-new-privileges'],
      CapDrop: ['ALL'],
      CapAdd: ['CHOWN', 'DAC_OVERRIDE', 'SETGID', 'SETUID'],
      Privileged: false,
      LogConfig: { Type: 'json-file', Config: { 'max-size': '10m', 'max-file': '3' } },
      PortBindings: {
        '25565/tcp': [{ HostIp: '', HostPort: String(server.port) }],
        '25565/udp': [{ HostIp: '', HostPort: String(server.port) }],
        '25575/tcp': [{ HostIp: '127.0.0.1', HostPort: String(server.rconPort) }],
      },
    })
    expect(inspected.Mounts).toMatchObject([
      { Type: 'volume', Name: server.volumeName, Destination: '/data' },
    ])
    const volume = await localDocker().getVolume(server.volumeName).inspect()
    expect(volume.Labels).toMatchObject({ 'org.lightnode.installation': running.installationId })

    const passwordFile = await localDocker().getContainer(server.containerName).infoArchive({
      path: '/lightnode/rcon-password',
    })
    const { mode } = JSON.parse(
      Buffer.from(passwordFile.headers['x-docker-container-path-stat'], 'base64').toString(),
    )
    expect(mode & 0o777).toBe(0o400)
  })

  test('the same folder opened again shows the server and its credentials, and leaves it running', async () => {
    running = await startCore({ image })
    const { id, rconPassword, panel } = await running.core.servers.create(serverInput(), 'test')
    const before = await running.until(id, ({ status }) => status === 'online')
    const container = await localDocker().getContainer(before.containerName).inspect()
    await running.stop()

    running = await startCore({ image, dataDir: running.dataDir })
    const after = await running.until(id, ({ status }) => status === 'online')
    expect(after.port).toBe(before.port)
    expect(running.core.servers.credentials(id, 'test')).toMatchObject({ rconPassword, panel })
    const again = await localDocker().getContainer(before.containerName).inspect()
    expect(again.Id).toBe(container.Id)
    expect(again.State.StartedAt).toBe(container.State.StartedAt)
  })

  test('a launch that a stop cut off is finished at the next start', async () => {
    running = await startCore({ image })
    const { id } = await running.core.servers.create(serverInput(), 'test')
    await running.until(id, ({ status }) => status === 'starting')
    await running.stop()

    running = await startCore({ image, dataDir: running.dataDir })
    await running.until(id, ({ status }) => status === 'online')
    const own = { label: [`org.lightnode.installation=${running.installationId}`] }
    expect(await localDocker().listContainers({ all: true, filters: own })).toHaveLength(1)
  })

  test('stopped and started again, a server keeps its address, its world and its version', async () => {
    running = await startCore({ image })
    const { id } = await running.core.servers.create(serverInput(), 'test')
    const before = await running.until(id, ({ status }) => status === 'online')
    expect((await running.core.servers.stop(id, 'test')).status).toBe('stopped')
    await expect(checkPing(formatAddress(before.ipAddress, before.port))).rejects.toThrow()

    running.core.servers.start(id, 'test')
    const after = await running.until(id, ({ status }) => status === 'online')
    expect(after.port).toBe(before.port)
    expect(after.resolvedVersion).toBe(before.resolvedVersion)
    const containers = await localDocker().listContainers({
      filters: { label: [`org.lightnode.server=${id}`] },
    })
    expect(containers).toHaveLength(1)
  })

  test('another image setting is for servers to come: one with a world keeps its own', async () => {
    running = await startCore({ image })
    const { id } = await running.core.servers.create(serverInput(), 'test')
    const { containerName } = await running.until(id, ({ status }) => status === 'online')
    await running.core.servers.stop(id, 'test')
    await localDocker().getContainer(containerName).remove()
    await running.stop()

    running = await startCore({ image: 'localhost:1/no/such-image:1', dataDir: running.dataDir })
    running.core.servers.start(id, 'test')
    await running.until(id, ({ status }) => status === 'online')
    expect((await localDocker().getContainer(containerName).inspect()).Config.Image).toBe(image)
  })

  test('what ends outside LightNode is shown as it is', async () => {
    running = await startCore({ image })
    const { id } = await running.core.servers.create(serverInput(), 'test')
    const { containerName } = await running.until(id, ({ status }) => status === 'online')
    await localDocker().getContainer(containerName).stop()
    await running.until(id, ({ status }) => status === 'stopped')
    await localDocker().getContainer(containerName).start()
    await running.until(id, ({ status }) => status === 'online')
  })

  test('two installations on one engine never take a port from each other, nor touch what is not theirs', async () => {
    running = await startCore({ image })
    const other = await startCore({ image })
    try {
      const [mine, theirs] = await Promise.all([
        running.core.servers.create(serverInput({ name: 'Same name' }), 'test'),
        other.core.servers.create(serverInput({ name: 'Same name' }), 'test'),
      ])
      const [a, b] = await Promise.all([
        running.until(mine.id, ({ status }) => status === 'online'),
        other.until(theirs.id, ({ status }) => status === 'online'),
      ])
      expect(a.port).not.toBe(b.port)
      expect(a.rconPort).not.toBe(b.rconPort)
      const { Id, State } = await localDocker().getContainer(b.containerName).inspect()
      await running.core.servers.stop(mine.id, 'test')
      const still = await localDocker().getContainer(b.containerName).inspect()
      expect([still.Id, still.State.StartedAt, still.State.Running]).toEqual([Id, State.StartedAt, true])
    } finally {
      await other.destroy()
    }
  })
})
