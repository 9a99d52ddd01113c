import { afterEach, beforeAll, describe, expect, test } from 'vitest'
import { connectTo } from '../../src/main/engine/connect.ts'
import type { Discovery } from '../../src/main/engine/types.ts'
import { watchEngine } from '../../src/main/engine/watch.ts'
import { serverInput, startCore, type TestCore } from '../support/core.ts'
import { hasEngine, localDocker } from '../support/docker.ts'
import { buildGameImage } from '../support/game-image/build.ts'

const endpoint = process.env.DOCKER_HOST ?? 'unix:///var/run/docker.sock'
const source = 'test'

describe.skipIf(!(await hasEngine()))('an engine that is not always the one', () => {
  let running: TestCore
  let image: string

  beforeAll(async () => {
    image = await buildGameImage()
  })

  afterEach(() => running.destroy())

  async function available(change: { id?: string; name?: string } = {}): Promise<Discovery> {
    const { engine, info } = await connectTo({ source, endpoint, explicit: true })
    return { state: 'available', engine, info: { ...info, ...change }, source, tried: [] }
  }

  test('missing: the server is reserved, waits, and launches by itself when an engine appears', async () => {
    let there = false
    const watch = watchEngine({
      intervalMs: 200,
      discover: async () =>
        there ? available() : { state: 'missing', source: null, endpoint: null, tried: [] },
    })
    running = await startCore({ image, watch })
    const created = await running.core.servers.create(serverInput(), 'test')
    const waiting = await running.until(created.id, ({ status }) => status === 'waiting')
    expect(waiting.run?.state).toBe('waiting')
    expect(waiting.run?.steps[1]).toMatchObject({ name: 'image', state: 'waiting' })
    there = true
    const online = await running.until(created.id, ({ status }) => status === 'online')
    expect(online.port).toBe(created.port)
  })

  test('another one: nothing is made or changed there until the user rebinds', async () => {
    let change: { id?: string; name?: string } = {}
    const discover = () => available(change)
    running = await startCore({ image, watch: watchEngine({ intervalMs: 200, discover }) })
    const first = await running.core.servers.create(serverInput(), 'test')
    await running.until(first.id, ({ status }) => status === 'online')
    await running.stop()

    change = { id: 'ANOTHER', name: 'another-engine' }
    running = await startCore({
      image,
      dataDir: running.dataDir,
      watch: watchEngine({ intervalMs: 200, discover }),
    })
    const status = await running.core.engine.status()
    expect(status.state).toBe('mismatch')
    expect(status.bound?.name).not.toBe('another-engine')
    expect(status.problem?.message).toContain('another-engine')
    const second = await running.core.servers.create(serverInput(), 'test')
    await running.until(second.id, (server) => server.status === 'waiting')
    await expect(running.core.servers.stop(first.id, 'test')).rejects.toMatchObject({
      code: 'ENGINE_MISMATCH',
    })
    const mine = { label: [`org.lightnode.server=${second.id}`] }
    expect(await localDocker().listContainers({ all: true, filters: mine })).toEqual([])

    running.core.engine.rebind()
    await running.until(second.id, (server) => server.status === 'online')
  })
})
