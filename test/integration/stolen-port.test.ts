import { once } from 'node:events'
import { createServer, type Server as NetServer } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { serverInput, startCore, type TestCore } from '../support/core.ts'
import { hasEngine } from '../support/docker.ts'
import { buildGameImage } from '../support/game-image/build.ts'

describe.skipIf(!(await hasEngine()))('a port that someone steals', () => {
  let running: TestCore
  const thieves: NetServer[] = []

  afterEach(async () => {
    for (const thief of thieves.splice(0)) thief.close()
    await running.destroy()
  })

  async function steal(port: number): Promise<NetServer> {
    const thief = createServer().listen(port, '0.0.0.0')
    thieves.push(thief)
    await once(thief, 'listening')
    return thief
  }

  test('between check and start, again and again, is replaced by the next one', async () => {
    running = await startCore({ image: await buildGameImage() })
    const created = await running.core.servers.create(serverInput(), 'test')
    await steal(created.port)
    const second = await running.until(created.id, ({ port }) => port !== created.port)
    await steal(second.port)
    const online = await running.until(created.id, ({ status }) => status === 'online')
    expect([created.port, second.port, online.port]).toEqual([25565, 25566, 25567])
    const { ports } = running.core.ports.view('local', 'game')
    expect(ports.slice(0, 2).map(({ holder }) => holder)).toMatchObject([
      { kind: 'process', pid: process.pid },
      { kind: 'process', pid: process.pid },
    ])
  })

  async function onlineThenStolen() {
    running = await startCore({ image: await buildGameImage() })
    const { id, port } = await running.core.servers.create(serverInput(), 'test')
    await running.until(id, ({ status }) => status === 'online')
    await running.core.servers.stop(id, 'test')
    const thief = await steal(port)
    running.core.servers.start(id, 'test')
    const failed = await running.until(id, ({ status }) => status === 'failed')
    return { id, port, thief, failed }
  }

  test('after the first Online names the holder, changes nothing, and waits when told to', async () => {
    const { id, port, thief, failed } = await onlineThenStolen()
    expect(failed.problem?.code).toBe('PORT_TAKEN')
    expect(failed.problem?.message).toBe(
      `Port ${port} is held by process node, pid ${process.pid}, on 0.0.0.0.`,
    )
    expect(failed.port).toBe(port)

    running.core.servers.start(id, 'test', { waitForPort: true })
    await running.until(
      id,
      ({ run }) => run?.steps.some(({ name, state }) => name === 'start' && state === 'waiting') ?? false,
    )
    thief.close()
    const online = await running.until(id, ({ status }) => status === 'online')
    expect(online.port).toBe(port)
  })

  test('after the first Online is exchanged for the next free one when the user says so', async () => {
    const { id, port } = await onlineThenStolen()
    await running.core.servers.changePort(id, 'test')
    const online = await running.until(id, ({ status }) => status === 'online')
    expect(online.port).toBe(port + 1)
    expect(running.core.ports.view('local', 'game').ports[0]?.state).toBe('blocked')
  })
})
