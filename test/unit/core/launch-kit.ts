import { randomInt } from 'node:crypto'
import pino from 'pino'
import { onTestFinished } from 'vitest'
import { listMemory } from '../../../src/main/database/servers.ts'
import { createLauncher } from '../../../src/main/provisioning/launcher.ts'
import { createPortReplacer } from '../../../src/main/provisioning/replace-port.ts'
import { createBin } from '../../../src/main/servers/bin.ts'
import { createConsole } from '../../../src/main/servers/console.ts'
import { createEngineBinding } from '../../../src/main/servers/engine-binding.ts'
import { createObserver } from '../../../src/main/servers/observer.ts'
import { createServerOperations, type OperationDeps } from '../../../src/main/servers/operations.ts'
import { createStopper } from '../../../src/main/servers/stopper.ts'
import { createTasks } from '../../../src/main/servers/tasks.ts'
import { createServerViews } from '../../../src/main/servers/view.ts'
import type { CreateServerInput, Server, Step } from '../../../src/shared/model.ts'
import { engineInfo, fakeEngine, fakeWatch } from '../../support/fake-engine.ts'
import { input, LOCAL, openKit } from './kit.ts'

export const installationId = 'this-installation'

let opened = randomInt(30)

/** 20 ports below every system's ephemeral range: each worker has a place of its own, and each test in it. */
function nextPorts(): number {
  const worker = Number(process.env.VITEST_POOL_ID ?? 0) % 16
  return 10_000 + 600 * worker + 20 * (opened++ % 30)
}

interface LaunchOptions {
  image?: string
  /** Whether an engine answers from the start. */
  engine?: boolean
  fetch?: typeof globalThis.fetch
  verifyLimitMs?: number
  /** What the engine has for all servers. */
  memoryBytes?: number
  /** Milliseconds until a stop is overdue. */
  stopLimitMs?: number
  /** Stands in for the copy of a world. */
  makeCopy?: OperationDeps['makeCopy']
}

/** The core without doors on a made-up engine whose games answer on real ports of loopback. */
export function openLaunchKit(options: LaunchOptions = {}) {
  const first = nextPorts()
  const kit = openKit({
    ranges: { game: { first, last: first + 9 }, rcon: { first: first + 10, last: first + 19 } },
  })
  const { database, credentials, events, activity, allocator, pool, probe, now } = kit
  const engine = fakeEngine()
  const watch = fakeWatch()
  const connect = () => watch.see({ engine, info: engineInfo })
  if (options.engine ?? true) connect()
  const binding = createEngineBinding(database, watch, LOCAL)
  const listContainers = async () => (await binding.usable()?.engine.listContainers()) ?? []
  const ports = createPortReplacer({ database, allocator, probe, listContainers, events, activity, now })
  const views = createServerViews(database, events)
  const logger = pino({ level: 'silent' })
  const start = () => {
    const launcher = createLauncher({
      ...{ database, binding, credentials, ports, views, activity, logger, installationId },
      image: () => options.image ?? 'game:1',
      memory: (server) => ({
        totalBytes: binding.usable()?.info.memoryBytes ?? null,
        promisedMb: listMemory(database, server.hostId, { before: server }),
      }),
      fetch: options.fetch ?? (() => Promise.reject(new Error('no network in tests'))),
      verifyLimitMs: options.verifyLimitMs ?? 20_000,
      // Time has to go on for the limit; the kit's clock stands still.
      now: Date.now,
    })
    const tasks = createTasks({ database, views, logger, now })
    const observer = createObserver({
      ...{ database, installationId, watch, binding, launcher, tasks, credentials, views, activity, logger },
      ...{ now: Date.now, verifyLimitMs: options.verifyLimitMs ?? 20_000 },
    })
    const console = createConsole({ binding, credentials, installationId })
    const stopper = createStopper({
      ...{ database, installationId, binding, launcher, console, views, activity, logger, now },
      limitMs: options.stopLimitMs ?? 20_000,
    })
    const capacity = async () => ({ memoryBytes: options.memoryBytes ?? null, diskFreeBytes: null })
    const servers = createServerOperations({
      ...{ database, installationId, binding, launcher, tasks, stopper, views, credentials, pool, ports },
      ...{ activity, events, allocator, now, capacity },
      makeCopy: options.makeCopy ?? (async () => {}),
    })
    const bin = createBin({
      ...{ database, installationId, binding, launcher, tasks, console, observer, allocator, views },
      ...{ activity, events, logger, now, capacity },
    })
    /** As LightNode does it; what is open stays open. */
    const stop = async () => {
      observer.stop()
      await tasks.stop()
      await launcher.stop()
    }
    onTestFinished(async () => {
      await stop()
      engine.close()
    })
    return {
      ...{ launcher, tasks, observer, stopper, console, servers, bin, stop },
      /** Goes on with what was left open. */
      resume() {
        tasks.resume(servers.works)
        launcher.resume()
      },
    }
  }
  const parts = start()

  return {
    ...{ ...kit, engine, watch, connect, binding, views, ...parts },
    /** Launcher and what stands on it, anew on the same database: a restart of LightNode. */
    restart: start,
    create: (change: Partial<CreateServerInput> = {}) =>
      parts.servers.create(input({ version: '1.20.4', ...change }), 'test'),
    /** Waits until the server is as wanted. @throws Error with the server as it is */
    async until(id: string, wanted: Server['status'] | ((server: Server) => boolean)): Promise<Server> {
      const right = typeof wanted === 'string' ? (server: Server) => server.status === wanted : wanted
      for (const deadline = Date.now() + 10_000; ; ) {
        const server = parts.servers.get(id)
        if (right(server)) return server
        if (Date.now() > deadline) throw new Error(`Not so in time: ${JSON.stringify(server)}`)
        await new Promise((resolve) => setTimeout(resolve, 5))
      }
    },
  }
}

export type LaunchKit = ReturnType<typeof openLaunchKit>

export function stepOf(server: Server, name: Step['name']): Step {
  const step = server.run?.steps.find((one) => one.name === name)
  if (!step) throw new Error(`no step ${name}`)
  return step
}
