import { afterEach, describe, expect, test } from 'vitest'
import type { Server } from '../../src/shared/model.ts'
import { serverInput, startCore, type TestCore } from '../support/core.ts'
import { hasEngine, localDocker } from '../support/docker.ts'
import { buildGameImage } from '../support/game-image/build.ts'

const docker = localDocker()
const online = ({ status, task }: Server) => status === 'online' && task === null
const stopped = ({ status, task }: Server) => status === 'stopped' && task === null

/** The world's record as it is on the disk of the volume. */
async function world({ containerName }: Server): Promise<{ seed: string; starts: number; saved: string }> {
  const stream = await docker.getContainer(containerName).getArchive({ path: '/data/world/level.dat' })
  const chunks: Buffer[] = []
  for await (const chunk of stream) chunks.push(Buffer.from(chunk))
  const text = Buffer.concat(chunks).toString('utf8')
  return JSON.parse(text.slice(text.indexOf('{'), text.indexOf('}') + 1))
}

const stateOf = async ({ containerName }: Server) =>
  (await docker.getContainer(containerName).inspect()).State

describe.skipIf(!(await hasEngine()))('a stop on a real engine', () => {
  let running: TestCore

  afterEach(() => running.destroy())

  async function onlineServer(variant: 'normal' | 'ignore-sigterm', stopLimitMs = 75_000): Promise<Server> {
    running = await startCore({ image: await buildGameImage({ variant }), stopLimitMs })
    const { id } = await running.core.servers.create(serverInput({ version: '26.1' }), 'test')
    return running.until(id, online)
  }

  test('saves, ends in order, and starts with the same world', async () => {
    const server = await onlineServer('normal')
    const before = await world(server)
    const after = await running.core.servers.stop(server.id, 'test')
    expect(after).toMatchObject({ status: 'stopped', task: null, problem: null })
    expect(await stateOf(server)).toMatchObject({ Running: false, ExitCode: 0 })
    const saved = await world(server)
    expect(saved.saved > before.saved).toBe(true)
    running.core.servers.start(server.id, 'test')
    await running.until(server.id, online)
    expect(await world(server)).toMatchObject({ seed: before.seed, starts: 2 })
  })

  test('that is overdue is killed by a person alone; what was saved before it is kept', async () => {
    const server = await onlineServer('ignore-sigterm', 1500)
    const before = await world(server)
    const overdue = await running.core.servers.stop(server.id, 'test')
    expect(overdue).toMatchObject({ status: 'online', task: { kind: 'stop', killable: true } })
    expect((await stateOf(server)).Running).toBe(true)
    // The game hears no signal, so this can only be the save that it was told to do first.
    expect((await world(server)).saved > before.saved).toBe(true)
    const killed = await running.core.servers.kill(server.id, 'test')
    expect(killed).toMatchObject({ status: 'stopped', task: null, problem: null })
    expect(await stateOf(server)).toMatchObject({ Running: false, ExitCode: 137 })
    const told = running.core.activity.list(5, server.id).map(({ action }) => action)
    expect(told).toContain('server.killed')
    // The policy of a container that is killed by hand does not start it again.
    await new Promise((resolve) => setTimeout(resolve, 1500))
    expect(running.core.servers.get(server.id).status).toBe('stopped')
    expect((await stateOf(server)).Running).toBe(false)
  })

  test('that LightNode was ended in goes on at its next start; a restart starts after the kill', async () => {
    const server = await onlineServer('ignore-sigterm', 1500)
    const { dataDir } = running
    const restarting = running.core.servers.restart(server.id, 'test')
    await running.until(server.id, ({ task }) => task?.step === 'Stopping the game')
    await running.stop()
    await restarting.catch(() => {})
    running = await startCore({
      image: await buildGameImage({ variant: 'ignore-sigterm' }),
      dataDir,
      stopLimitMs: 1500,
    })
    await running.until(server.id, ({ task }) => task?.killable === true)
    await running.core.servers.kill(server.id, 'test')
    await running.until(server.id, online)
    expect((await world(server)).starts).toBe(2)
    await running.core.servers.stop(server.id, 'test')
    await running.core.servers.kill(server.id, 'test')
    await running.until(server.id, stopped)
  })

  test('gives up a first start, and what was made for it does not run', async () => {
    running = await startCore({ image: await buildGameImage({ variant: 'never-ready' }) })
    const { id } = await running.core.servers.create(serverInput({ version: '26.1' }), 'test')
    const server = await running.until(id, ({ run }) => run?.steps.at(-1)?.state === 'running')
    await expect.poll(() => running.core.servers.logs(id, 5)).not.toEqual([])
    expect(await running.core.servers.stop(id, 'test')).toMatchObject({
      status: 'stopped',
      run: { state: 'cancelled' },
    })
    expect((await stateOf(server)).Running).toBe(false)
  })
})
