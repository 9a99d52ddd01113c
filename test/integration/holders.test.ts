import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { describePort } from '../../src/shared/describe.ts'
import { serverInput, startCore, type TestCore } from '../support/core.ts'
import { hasEngine, localDocker } from '../support/docker.ts'
import { buildGameImage } from '../support/game-image/build.ts'

async function listenTcp(port: number, host: string): Promise<() => void> {
  const server = createServer().listen({ port, host, ipv6Only: host.includes(':') })
  await once(server, 'listening')
  return () => server.close()
}

async function bindUdp(port: number): Promise<() => void> {
  const socket = createSocket('udp4').bind(port, '0.0.0.0')
  await once(socket, 'listening')
  return () => socket.close()
}

async function foreignContainer(image: string, name: string, port: number, start: boolean) {
  const container = await localDocker().createContainer({
    name,
    Image: image,
    Env: ['EULA=TRUE'],
    HostConfig: { PortBindings: { '25565/tcp': [{ HostPort: String(port) }] } },
  })
  if (start) await container.start()
  return () => container.remove({ force: true, v: true })
}

describe.skipIf(!(await hasEngine()))('who holds a port', () => {
  let running: TestCore
  const releases: (() => unknown)[] = []

  afterEach(async () => {
    for (const release of releases.splice(0)) await release()
    await running.destroy()
  })

  test('six holders of six kinds are passed over and named; they come back by themselves', async () => {
    const image = await buildGameImage()
    releases.push(await listenTcp(25565, '0.0.0.0'))
    releases.push(await listenTcp(25566, '127.0.0.1'))
    releases.push(await listenTcp(25567, '::1'))
    releases.push(await bindUdp(25568))
    releases.push(await foreignContainer(image, 'lnt-holder-running', 25569, true))
    releases.push(await foreignContainer(image, 'lnt-holder-stopped', 25570, false))

    running = await startCore({ image })
    const created = await running.core.servers.create(serverInput(), 'test')
    expect(created.port).toBe(25571)

    const { ports, counts } = running.core.ports.view('local', 'game')
    const mine = `process node, pid ${process.pid}`
    expect(ports.slice(0, 7).map(describePort)).toEqual([
      `25565, blocked: ${mine}, on 0.0.0.0`,
      `25566, blocked: ${mine}, on 127.0.0.1`,
      `25567, blocked: ${mine}, on ::1`,
      `25568, blocked: ${mine}, on 0.0.0.0 (UDP)`,
      '25569, blocked: container lnt-holder-running',
      '25570, blocked: container lnt-holder-stopped (stopped)',
      `25571, reserved: ${created.name}`,
    ])
    expect(counts).toEqual({ free: 429, reserved: 1, blocked: 6 })

    for (const release of releases.splice(0)) await release()
    await running.core.pool.recheckBlocked('local')
    expect(running.core.ports.view('local', 'game').counts).toEqual({ free: 435, reserved: 1, blocked: 0 })
    const next = await running.core.servers.create(serverInput(), 'test')
    expect(next.port).toBe(25565)
    await running.until(created.id, ({ status }) => status === 'online')
    await running.until(next.id, ({ status }) => status === 'online')
  })

  test('a check looks at every port that is not ours, and never at ours', async () => {
    running = await startCore({ image: await buildGameImage() })
    const { id, port } = await running.core.servers.create(serverInput(), 'test')
    await running.until(id, ({ status }) => status === 'online')
    releases.push(await listenTcp(25900, '0.0.0.0'))
    const { ports } = await running.core.ports.check('local', 'game')
    expect(ports.filter(({ state }) => state === 'blocked').map(({ port }) => port)).toEqual([25900])
    expect(ports.find((entry) => entry.port === port)?.state).toBe('reserved')
    expect(running.core.servers.get(id).status).toBe('online')
  })
})
