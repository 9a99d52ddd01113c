import { describe, expect, test } from 'vitest'
import { EngineError } from '../../../src/main/engine/types.ts'
import { LOCAL, nginx } from './kit.ts'
import { type LaunchKit, openLaunchKit, stepOf } from './launch-kit.ts'

/** The engine refuses to start anything on this port. */
function refusePort(kit: LaunchKit, port: number): void {
  kit.engine.before = (method, name) => {
    const ports = kit.engine.containers.get(name)?.spec.ports ?? []
    if (method === 'startContainer' && ports.some(({ hostPort }) => hostPort === port))
      throw new EngineError('port-taken', `Bind for 0.0.0.0:${port} failed: port is already allocated`, port)
  }
}

/** Somebody takes the port, and everyone can see it. */
function steal(kit: LaunchKit, port: number): void {
  kit.probe.held.set(port, nginx)
  refusePort(kit, port)
}

function giveBack(kit: LaunchKit, port: number): void {
  kit.probe.held.delete(port)
  kit.engine.before = () => {}
}

/** Steals a port between the reservation and the start. */
async function createAndSteal(kit: LaunchKit, which: 'port' | 'rconPort') {
  kit.watch.see('missing')
  const created = await kit.create()
  await kit.until(created.id, 'waiting')
  steal(kit, created[which])
  kit.connect()
  return created
}

const rows = (kit: LaunchKit, purpose: 'game' | 'rcon') =>
  kit.database
    .prepare(
      'SELECT port, server_id IS NOT NULL AS ours, blocked_by AS holder FROM ports WHERE purpose = ? LIMIT 3',
    )
    .all(purpose)

describe('before the first Online', () => {
  test('a game port that was taken is replaced by the next, and recorded with its holder', async () => {
    const kit = openLaunchKit()
    const { id, port, rconPort } = await createAndSteal(kit, 'port')
    const online = await kit.until(id, 'online')
    expect(online).toMatchObject({ port: port + 1, rconPort, addressFinal: true })
    expect(rows(kit, 'game')).toEqual([
      { port, ours: 0, holder: JSON.stringify(nginx) },
      { port: port + 1, ours: 1, holder: null },
      { port: port + 2, ours: 0, holder: null },
    ])
    const { containers, calls } = kit.engine
    const ports = containers.get(online.containerName)?.spec.ports.map(({ hostPort }) => hostPort)
    expect(ports).toEqual([port + 1, port + 1, rconPort])
    // The world's volume is the same one.
    expect(calls.filter((call) => call.startsWith('createVolume'))).toHaveLength(1)
    const note = kit.database
      .prepare("SELECT message FROM activity WHERE action = 'port.replaced'")
      .pluck()
      .all()
    expect(note).toEqual([`My server moved to game port ${port + 1}.`])
  })

  test('an RCON port alone is replaced, and the address stays', async () => {
    const kit = openLaunchKit()
    const { id, port, rconPort } = await createAndSteal(kit, 'rconPort')
    expect(await kit.until(id, 'online')).toMatchObject({ port, rconPort: rconPort + 1 })
    expect(rows(kit, 'rcon')[0]).toEqual({ port: rconPort, ours: 0, holder: JSON.stringify(nginx) })
  })

  test.each(['port', 'rconPort'] as const)(
    'a %s that only the engine sees held is replaced, too',
    async (which) => {
      const kit = openLaunchKit({ engine: false })
      const created = await kit.create()
      refusePort(kit, created[which])
      kit.connect()
      const online = await kit.until(created.id, 'online')
      expect(online[which]).toBe(created[which] + 1)
      const other = which === 'port' ? 'rconPort' : 'port'
      expect(online[other]).toBe(created[other])
    },
  )

  test('a pool with no other port ends the run, and the server keeps the one it has', async () => {
    const kit = openLaunchKit({ engine: false })
    const { id, port } = await kit.create()
    for (let other = port; other < port + 10; other += 1) kit.probe.held.set(other, nginx)
    refusePort(kit, port)
    kit.connect()
    const failed = await kit.until(id, 'failed')
    expect(failed).toMatchObject({ port, problem: { code: 'POOL_EXHAUSTED' } })
  })
})

describe('after the first Online', () => {
  async function onlineThenStolen(kit: LaunchKit) {
    const { id, port } = await kit.create()
    await kit.until(id, 'online')
    await kit.servers.stop(id, 'test')
    steal(kit, port)
    kit.servers.start(id, 'test')
    return { id, port, failed: await kit.until(id, 'failed') }
  }

  test('a port never changes by itself: PORT_TAKEN names the holder', async () => {
    const kit = openLaunchKit()
    const { id, port, failed } = await onlineThenStolen(kit)
    expect(failed).toMatchObject({
      port,
      addressFinal: true,
      problem: {
        code: 'PORT_TAKEN',
        message: `Port ${port} is held by process nginx, pid 812, on 127.0.0.1.`,
      },
    })
    expect(rows(kit, 'game')[0]).toEqual({ port, ours: 1, holder: null })
    expect(kit.probe.trespasses).toEqual([])
    expect(kit.servers.get(id).port).toBe(port)
  })

  test('a holder that nobody sees is still no reason to move', async () => {
    const kit = openLaunchKit()
    const { id, port } = await onlineThenStolen(kit)
    kit.probe.held.clear()
    kit.servers.start(id, 'test')
    const failed = await kit.until(
      id,
      (server) => server.problem?.message.includes('something else') ?? false,
    )
    expect(failed).toMatchObject({ port, problem: { code: 'PORT_TAKEN' } })
  })

  test('waiting for the port starts as soon as it is free, over a restart of LightNode', async () => {
    const kit = openLaunchKit()
    const { id, port } = await onlineThenStolen(kit)
    kit.servers.start(id, 'test', { waitForPort: true })
    const waiting = await kit.until(id, (server) => stepOf(server, 'start').state === 'waiting')
    expect(stepOf(waiting, 'start').detail).toBe(
      `Port ${port} is held by process nginx, pid 812, on 127.0.0.1. Starts as soon as it is free.`,
    )
    expect(kit.launcher.isBusy(id)).toBe(true)
    await kit.launcher.stop()
    kit.restart().launcher.resume()
    await new Promise((resolve) => setTimeout(resolve, 100))
    expect(kit.servers.get(id).status).toBe('starting')
    giveBack(kit, port)
    const online = await kit.until(id, 'online')
    expect(online).toMatchObject({ port, run: { id: waiting.run?.id } })
  })

  test('changing the port takes the next one, while it waits for the old', async () => {
    const kit = openLaunchKit()
    const { id, port } = await onlineThenStolen(kit)
    kit.servers.start(id, 'test', { waitForPort: true })
    await kit.until(id, (server) => stepOf(server, 'start').state === 'waiting')
    await kit.servers.changePort(id, 'test')
    expect(await kit.until(id, 'online')).toMatchObject({ port: port + 1 })
    expect(rows(kit, 'game')[0]).toEqual({ port, ours: 0, holder: JSON.stringify(nginx) })
  })

  test('a world that is gone is not replaced by an empty one', async () => {
    const kit = openLaunchKit()
    const { id } = await kit.create()
    const { containerName, volumeName } = await kit.until(id, 'online')
    await kit.servers.stop(id, 'test')
    kit.engine.containers.delete(containerName)
    kit.engine.volumes.delete(volumeName)
    kit.servers.start(id, 'test')
    const failed = await kit.until(id, 'failed')
    expect(failed.problem?.code).toBe('VOLUME_MISSING')
    expect(kit.engine.volumes.has(volumeName)).toBe(false)
    expect(LOCAL).toBe('local')
  })
})
