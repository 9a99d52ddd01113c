import { afterEach, describe, expect, test } from 'vitest'
import { serverInput, startCore, type TestCore } from '../support/core.ts'
import { hasEngine, localDocker } from '../support/docker.ts'
import { buildGameImage, type Variant } from '../support/game-image/build.ts'

const ended = ({ status }: { status: string }) => status === 'failed' || status === 'online'

describe.skipIf(!(await hasEngine()))('a launch that fails', () => {
  let running: TestCore

  afterEach(() => running.destroy())

  async function failing(variant: Variant, verifyLimitMs?: number) {
    const image = await buildGameImage({ variant })
    running = await startCore({ image, ...(verifyLimitMs !== undefined && { verifyLimitMs }) })
    const { id } = await running.core.servers.create(serverInput(), 'test')
    return running.until(id, ended)
  }

  async function isRunning(name: string): Promise<boolean> {
    return (await localDocker().getContainer(name).inspect()).State.Running
  }

  test.each([
    ['refuse-eula', 'EULA_REFUSED', /EULA/],
    ['exit-at-start', 'EXITED_EARLY', /exit code 1/],
    ['eat-memory', 'OUT_OF_MEMORY', /limit of 1\.0 GB/],
  ] as const)('%s is called %s, and does not loop', async (variant, code, message) => {
    const server = await failing(variant)
    expect(server.problem?.code).toBe(code)
    expect(server.problem?.message).toMatch(message)
    expect(server.run?.steps.find(({ name }) => name === 'verify')?.state).toBe('failed')
    const inspected = await localDocker().getContainer(server.containerName).inspect()
    expect(inspected.HostConfig.RestartPolicy?.Name).toBe('no')
    expect(inspected.RestartCount).toBe(0)
    expect(inspected.State.Running).toBe(false)
  })

  test('one that never answers is failed after the limit and stopped; its log stays readable', async () => {
    const server = await failing('never-ready', 3000)
    expect(server.problem?.code).toBe('NOT_READY')
    await expect.poll(() => isRunning(server.containerName), { timeout: 15_000 }).toBe(false)
    expect((await running.core.servers.logs(server.id, 20)).length).toBeGreaterThan(0)
  })

  test('Retry after the cause is mended brings it Online, on the same port', async () => {
    const server = await failing('exit-at-start')
    const { port } = server
    await running.stop()
    running = await startCore({ dataDir: running.dataDir, image: await buildGameImage() })
    expect(running.core.servers.get(server.id).status).toBe('failed')
    running.core.servers.start(server.id, 'test')
    const online = await running.until(server.id, ended)
    expect([online.status, online.port, online.problem]).toEqual(['online', port, null])
  })

  test('one that crashes after it was Online is started again by the engine and followed', async () => {
    const image = await buildGameImage({ variant: 'exit-after', seconds: 4 })
    running = await startCore({ image })
    const { id } = await running.core.servers.create(serverInput(), 'test')
    await running.until(id, ({ status }) => status === 'online')
    await running.until(id, ({ status }) => status !== 'online')
    await running.until(id, ({ status }) => status === 'online')
  })

  test('a missing image is called so, with the engine’s own words', async () => {
    running = await startCore({ image: 'localhost:1/no/such-image:1' })
    const { id } = await running.core.servers.create(serverInput(), 'test')
    const server = await running.until(id, ended)
    expect(server.problem?.code).toBe('IMAGE_MISSING')
    expect(server.problem?.message).toMatch(/localhost:1/)
  })
})
