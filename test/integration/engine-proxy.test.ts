import { beforeAll, describe, expect, type TestContext, test } from 'vitest'
import { connectTo } from '../../src/main/engine/connect.ts'
import type { EngineWatch } from '../../src/main/engine/types.ts'
import { watchEngine } from '../../src/main/engine/watch.ts'
import { LightNodeError } from '../../src/shared/errors.ts'
import type { Server } from '../../src/shared/model.ts'
import { checkRcon } from '../support/checker.ts'
import { serverInput, startCore } from '../support/core.ts'
import { hasEngine, localDocker } from '../support/docker.ts'
import { type Asked, type EngineProxy, type Fault, startEngineProxy } from '../support/engine-proxy.ts'
import { buildGameImage } from '../support/game-image/build.ts'

const LIMIT_MS = 120_000
const FIRST_PORT = 23_000
let opened = 0
/** What an operation may end with while the engine misbehaves; anything else is a bug. */
const typed = /^(ENGINE_UNREACHABLE|ENGINE_REFUSED|ENGINE_MISMATCH|IMAGE_MISSING|EXITED_EARLY|BUSY)$/

/** Of one kind are calls that differ in nothing but whom they are about. */
function kindOf({ method, path }: Asked): string {
  return `${method} ${path.replace(/\/(containers|volumes|images|exec)\/(?!json$|create$)[^/]+/, '/$1/*')}`
}

/** Each kind of call fails, the first `times` times; the watch's own pings and events are let through. */
function eachFails(fault: Fault, times: number): EngineProxy['fault'] {
  const failed = new Map<string, number>()
  return (asked) => {
    const kind = kindOf(asked)
    if (/ \/(_ping|version|info|events)$/.test(kind)) return null
    const count = failed.get(kind) ?? 0
    if (count >= times) return null
    failed.set(kind, count + 1)
    return fault
  }
}

function watchThrough({ endpoint }: EngineProxy): EngineWatch {
  return watchEngine({
    intervalMs: 200,
    async discover(signal) {
      const source = 'test'
      try {
        const found = await connectTo({ source, endpoint, explicit: true }, signal)
        return { state: 'available', ...found, source, tried: [] }
      } catch {
        return { state: 'missing', source, endpoint, tried: [] }
      }
    },
  })
}

/** A core of the test's own behind a proxy of its own: tests stand side by side, as most of their time is waiting. */
async function open(image: string, { onTestFinished }: Pick<TestContext, 'onTestFinished'>) {
  const socket = (process.env.DOCKER_HOST ?? 'unix:///var/run/docker.sock').replace('unix://', '')
  const proxy = await startEngineProxy(socket)
  const running = await startCore({ image, watch: watchThrough(proxy) })
  // Ports of its own: another core's stopped server would lose its own to this one.
  const first = FIRST_PORT + 20 * opened++
  running.core.hosts.update({
    id: 'local',
    gamePorts: { first, last: first + 9 },
    rconPorts: { first: first + 10, last: first + 19 },
  })
  onTestFinished(async () => {
    proxy.fault = () => null
    await running.destroy()
    await proxy.stop()
  })

  /** Online in the end; a failure on the way has a code of its own, and is tried again as a person would. */
  async function untilOnline(id: string): Promise<Server> {
    for (;;) {
      const server = await running.until(
        id,
        ({ status }) => status === 'online' || status === 'failed',
        LIMIT_MS,
      )
      if (server.status === 'online') return server
      expect(server.problem?.code, server.problem?.message).toMatch(typed)
      running.core.servers.start(id, 'test')
    }
  }

  /** Until it is answered well; an error on the way has a code of its own. */
  async function insist<Result>(ask: () => Result | Promise<Result>): Promise<Result> {
    const deadline = Date.now() + LIMIT_MS
    for (;;) {
      try {
        return await ask()
      } catch (error) {
        expect(error).toBeInstanceOf(LightNodeError)
        expect((error as LightNodeError).code, String(error)).toMatch(typed)
        if (Date.now() > deadline) throw error
        await new Promise((resolve) => setTimeout(resolve, 100))
      }
    }
  }

  async function made(): Promise<{ containers: string[]; volumes: string[] }> {
    const filters = { label: [`org.lightnode.installation=${running.installationId}`] }
    const containers = await localDocker().listContainers({ all: true, filters })
    const { Volumes } = await localDocker().listVolumes({ filters })
    return { containers: containers.map(({ State }) => State), volumes: Volumes.map(({ Name }) => Name) }
  }

  /** Create, stop, start, rotate: all of it comes right, once, with one container and one world. */
  async function throughAll(fault: () => EngineProxy['fault']): Promise<void> {
    const { servers } = running.core
    proxy.fault = fault()
    const { id } = await servers.create(serverInput({ version: '1.20.4' }), 'test')
    await untilOnline(id)
    proxy.fault = fault()
    await insist(() => servers.stop(id, 'test'))
    expect(await made()).toMatchObject({ containers: ['exited'], volumes: [expect.any(String)] })
    proxy.fault = fault()
    await insist(() => servers.start(id, 'test'))
    const { rconPort } = await untilOnline(id)
    proxy.fault = () => null
    expect(await made()).toMatchObject({ containers: ['running'], volumes: [expect.any(String)] })
    const { rconPassword } = servers.credentials(id, 'test')
    expect(await checkRcon('127.0.0.1', rconPort, rconPassword, 'list')).toContain('players')
  }

  return { proxy, running, untilOnline, made, throughAll }
}

describe.skipIf(!(await hasEngine()))('between LightNode and the engine', () => {
  let image: string

  beforeAll(async () => {
    image = await buildGameImage()
  })

  const faults: [string, Fault, number][] = [
    ['each call is slow', { kind: 'slow', milliseconds: 400 }, 1000],
    ['each kind of call breaks before the engine hears it', { kind: 'reset' }, 2],
    ['each kind of call is done, and its answer lost', { kind: 'lost' }, 1],
    ['each answer breaks off in its middle', { kind: 'cut' }, 1],
    ['each kind of call is refused', { kind: 'wrong', status: 500, body: '{"message":"no"}' }, 1],
    ['each is answered by what is no JSON', { kind: 'wrong', status: 200, body: '<html>Hello</html>' }, 1],
    ['each is answered by an empty object', { kind: 'wrong', status: 200, body: '{}' }, 1],
    ['each is answered by an empty list', { kind: 'wrong', status: 200, body: '[]' }, 1],
    ['each is answered by null', { kind: 'wrong', status: 200, body: 'null' }, 1],
  ]
  test.concurrent.for(faults)('%s: it comes right in the end, once', async ([, fault, times], context) => {
    const { throughAll } = await open(image, context)
    await throughAll(() => eachFails(fault, times))
  })

  test.concurrent('an inspection that hangs is given up after its limit, and the launch goes on', async (context) => {
    const { proxy, running, untilOnline, made } = await open(image, context)
    const began = Date.now()
    let hung = 0
    proxy.fault = (asked) =>
      kindOf(asked) === 'GET /containers/*/json' && hung++ === 0 ? { kind: 'hang' } : null
    const { id } = await running.core.servers.create(serverInput({ version: '1.20.4' }), 'test')
    await untilOnline(id)
    expect(Date.now() - began).toBeLessThan(40_000)
    expect((await made()).containers).toEqual(['running'])
  })

  test.concurrent('an engine that hangs altogether is missing; what was asked waits and goes on', async (context) => {
    const { proxy, running, untilOnline, made } = await open(image, context)
    const { servers, engine } = running.core
    const first = await servers.create(serverInput({ version: '1.20.4' }), 'test')
    await untilOnline(first.id)
    proxy.fault = () => ({ kind: 'hang' })
    proxy.cutAll()
    await expect.poll(async () => (await engine.status()).state, { timeout: 40_000 }).toBe('missing')
    await expect(servers.stop(first.id, 'test')).rejects.toMatchObject({ code: 'ENGINE_UNREACHABLE' })
    const second = await servers.create(serverInput({ version: '1.20.4' }), 'test')
    await running.until(second.id, ({ status }) => status === 'waiting')
    proxy.fault = () => null
    proxy.cutAll()
    await untilOnline(second.id)
    expect((await made()).containers).toEqual(['running', 'running'])
  })

  test.concurrent('lines that are cut again and again, at any moment: nothing is made twice', async (context) => {
    const { proxy, running, untilOnline, made } = await open(image, context)
    const cutting = setInterval(() => proxy.cutAll(), 350)
    try {
      const { id } = await running.core.servers.create(serverInput({ version: '1.20.4' }), 'test')
      await running.until(
        id,
        ({ run }) => run?.steps.some(({ name }) => name === 'verify') ?? false,
        LIMIT_MS,
      )
      await new Promise((resolve) => setTimeout(resolve, 5000))
      clearInterval(cutting)
      await untilOnline(id)
      expect(await made()).toMatchObject({ containers: ['running'], volumes: [expect.any(String)] })
    } finally {
      clearInterval(cutting)
    }
  })
})
