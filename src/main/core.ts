import { LightNodeError } from '../shared/errors.ts'
import type { AppInfo } from '../shared/model.ts'
import type { Purpose } from '../shared/ports.ts'
import { createFound } from './adoption/found.ts'
import { createImports } from './adoption/imports.ts'
import { createTakeBack } from './adoption/take-back.ts'
import { createDataService } from './data/data.ts'
import { isLookOnly } from './data/look-only.ts'
import { listActivity } from './database/activity.ts'
import { findHost, findPool } from './database/hosts.ts'
import type { Database } from './database/open.ts'
import { listPorts } from './database/ports.ts'
import { listMemory } from './database/servers.ts'
import type { Core } from './doors/router.ts'
import type { ContainerSummary, EngineWatch } from './engine/types.ts'
import { STOP_TIMEOUT_SECONDS } from './game/image.ts'
import { createActivityRecorder } from './observe/activity.ts'
import { createEventHub } from './observe/events.ts'
import type { Logger } from './observe/logger.ts'
import { createPortAllocator } from './provisioning/allocate.ts'
import { createLauncher } from './provisioning/launcher.ts'
import { createPortPool, type PortPool } from './provisioning/port-pool.ts'
import { createPortProbe } from './provisioning/port-probe.ts'
import { createPortReplacer } from './provisioning/replace-port.ts'
import { dropAllReplaced } from './provisioning/replaced-container.ts'
import { VERIFY_LIMIT_MS } from './provisioning/verify.ts'
import type { Keyring } from './secrets/keyring.ts'
import { createSealer } from './secrets/seal.ts'
import { createBin } from './servers/bin.ts'
import { createConsole } from './servers/console.ts'
import { createCredentialStore } from './servers/credentials.ts'
import { createEngineBinding } from './servers/engine-binding.ts'
import { createFoundNews } from './servers/found-news.ts'
import { createHosts, ensureLocalHost, LOCAL, refreshAddresses } from './servers/hosts.ts'
import { createLeftovers } from './servers/leftovers.ts'
import { createMender } from './servers/mend.ts'
import { createObserver } from './servers/observer.ts'
import { createServerOperations } from './servers/operations.ts'
import { createReconciler } from './servers/reconciler.ts'
import { createRecords } from './servers/records.ts'
import { createSettings } from './servers/settings.ts'
import { createStopper } from './servers/stopper.ts'
import { createTasks, type TaskWorks } from './servers/tasks.ts'
import { createServerViews } from './servers/view.ts'
import { createCopier } from './worlds/copier.ts'
import { createWorlds, type WorldsService } from './worlds/worlds.ts'

/** Blocked ports, the bin, and servers in case an event was lost, are looked at again this often. */
const GLANCE_MS = 60_000
/** The full look. */
const RECONCILE_MS = 5 * 60_000

export interface CoreOptions {
  database: Database
  /** The data key. */
  key: Buffer
  keyring: Keyring | null
  info: AppInfo
  image: string | null
  watch: EngineWatch
  /** This machine's own addresses, best first. */
  addresses: readonly string[]
  /** The login page of a server; null while no HTTP door is open. */
  panelUrl(serverId: string): string | null
  logger: Logger
  now(): number
  fetch: typeof globalThis.fetch
  /** @throws LightNodeError STORAGE_FAILED when the database is no longer in its place */
  refuseLost?: () => void
  /** How long a server may take to answer; 15 minutes when left out. */
  verifyLimitMs?: number
  /** How long a game may take to stop before Kill is offered; 75 seconds when left out. */
  stopLimitMs?: number
}

export interface RunningCore extends Core {
  pool: PortPool
  worlds: WorldsService
  /** Begins: looks for an engine, goes on with what is open, and reconciles. */
  start(): Promise<void>
  /** The full look, now. */
  reconcile(): Promise<void>
  /** Leaves what is open for the next start. Nothing is written afterwards. */
  stop(): Promise<void>
}

/** Puts the core together: everything but doors, and the one place where its services are made. */
export function createCore(options: CoreOptions): RunningCore {
  const { database, watch, logger, now, info } = options
  const { installationId } = info
  const events = createEventHub()
  const activity = createActivityRecorder(database, events, now)
  ensureLocalHost(database)
  refreshAddresses(database, options.addresses)

  const binding = createEngineBinding(database, watch, LOCAL)
  const probe = createPortProbe()
  let searched: Promise<void> = Promise.resolve()
  const listContainers = async (): Promise<readonly ContainerSummary[]> => {
    // Right after the start nothing is known yet: a request waits for the first search.
    await searched
    const engine = binding.usable()?.engine
    // Without an engine its claims are unknown; a start that loses the race takes the next port.
    return engine ? engine.listContainers().catch(() => []) : []
  }
  const pool = createPortPool({ database, probe, listContainers, events, now })
  const allocator = createPortAllocator(database, pool)
  const ports = createPortReplacer({ database, allocator, probe, listContainers, events, activity, now })
  const credentials = createCredentialStore(createSealer(options.key), options.panelUrl)
  const views = createServerViews(database, events)
  const tasks = createTasks({ database, views, logger, now })
  const settings = createSettings({ ...options, dataDir: info.dataDir, imageOverride: options.image, events })
  const verifyLimitMs = options.verifyLimitMs ?? VERIFY_LIMIT_MS
  const launcher = createLauncher({
    ...{ database, installationId, binding, credentials, ports, views, activity, logger, now },
    image: () => settings.get().image,
    memory: (server) => ({
      totalBytes: binding.usable()?.info.memoryBytes ?? null,
      promisedMb: listMemory(database, server.hostId, { before: server }),
    }),
    fetch: options.fetch,
    verifyLimitMs,
  })
  const observer = createObserver({
    ...{ database, installationId, watch, binding, launcher, tasks, credentials, views, activity, logger },
    ...{ now, verifyLimitMs },
  })
  const console = createConsole({ binding, credentials, installationId })
  const stopper = createStopper({
    ...{ database, installationId, binding, launcher, console, views, activity, logger, now },
    limitMs: options.stopLimitMs ?? STOP_TIMEOUT_SECONDS * 1000,
  })
  const image = () => settings.get().image
  const capacity = () => binding.capacity()
  const copier = createCopier({ database, installationId, binding, image, capacity, logger, now })
  const { works: serverWorks, ...servers } = createServerOperations({
    ...{ database, installationId, binding, launcher, tasks, stopper, views, credentials, pool, ports },
    ...{ activity, events, allocator, now },
    async makeCopy(server, task) {
      await copier.makeCopy(server, 'change', task)
      events.publish({ type: 'worlds' })
    },
    capacity: () => binding.capacity(),
    refuseLost: options.refuseLost,
  })
  const bin = createBin({
    ...{ database, installationId, binding, launcher, tasks, console, observer, allocator, views },
    ...{ activity, events, logger, now },
    capacity: () => binding.capacity(),
  })
  const data = createDataService({
    ...{ database, events, activity, logger, now },
    dataDir: info.dataDir,
    key: options.key,
    async quiet() {
      await tasks.stop()
      await launcher.stop()
    },
    replaced() {
      ensureLocalHost(database)
      refreshAddresses(database, options.addresses)
      void reconciler.reconcile()
    },
    resume() {
      goOn()
      void reconciler.reconcile()
    },
  })
  const worlds = createWorlds({
    ...{ database, installationId, binding, tasks, launcher, stopper, console, views, credentials, copier },
    ...{ allocator, activity, events, logger, now, image, capacity, act: data.act },
    dataDir: info.dataDir,
    settings: () => settings.get().worlds,
    refuseLost: options.refuseLost,
  })
  const publishEngine = async () => events.publish({ type: 'engine', engine: await binding.status() })
  const hosts = createHosts(database, events, () => {
    for (const { id } of servers.list()) views.publish(id)
  })

  const view = (hostId: string, purpose: Purpose) => {
    if (!findHost(database, hostId)) throw new LightNodeError('NOT_FOUND')
    const list = listPorts(database, hostId, purpose)
    const counts = { free: 0, reserved: 0, blocked: 0 }
    for (const { state } of list) counts[state]++
    return { hostId, purpose, ...findPool(database, hostId, purpose), counts, ports: list }
  }

  const mender = createMender({
    ...{ database, installationId, binding, observer, launcher, tasks },
    records: createRecords(database, views, activity),
    takeBack: createTakeBack({ database, installationId, credentials, now }),
    start: servers.start,
    restart: servers.restart,
  })
  /** How each kind of task goes on after a crash. */
  const taskWorks: TaskWorks = { ...serverWorks, ...worlds.works, takeBack: mender.takeBack }
  const found = createFound({
    ...{ database, installationId, binding, launcher, tasks, observer, views, credentials, allocator, pool },
    ...{ activity, events, now, image, refuseLost: options.refuseLost },
  })
  const imports = createImports({
    ...{ database, dataDir: info.dataDir, key: options.key, binding, pool, found, views, credentials },
    ...{ activity, events, now, refuseLost: options.refuseLost },
  })
  const foundNews = createFoundNews({ database, installationId, watch, events })
  const leftovers = createLeftovers({
    ...{ database, installationId, tasks, activity, logger, now },
    isHeld: observer.isHeld,
  })
  tasks.onEnd((serverId) => {
    const engine = binding.usable()?.engine
    if (engine) void leftovers.afterTask(engine, serverId)
  })
  const reconciler = createReconciler({
    ...{ database, binding, observer, launcher, tasks, pool, leftovers, logger },
    bin: {
      async tidy() {
        await bin.tidy()
        await worlds.tidy()
        const engine = binding.usable()?.engine
        if (engine) await dropAllReplaced({ database, installationId }, engine)
      },
    },
    ...{ hostId: LOCAL, found: foundNews, act: data.act },
  })

  /** With what a crash, or a restore that was not to be, left open. */
  function goOn(): void {
    if (isLookOnly(database)) return
    tasks.resume(taskWorks)
    launcher.resume()
  }

  const timers: NodeJS.Timeout[] = []
  let over = false
  return {
    servers: { ...servers, mend: mender.mend },
    ...{ info, bin, worlds, found, imports, data, hosts, settings, events, pool },
    engine: binding,
    ports: {
      view,
      async check(hostId, purpose) {
        if (!findHost(database, hostId)) throw new LightNodeError('NOT_FOUND')
        await pool.checkAll(hostId, purpose)
        return view(hostId, purpose)
      },
    },
    activity: { list: (limit, serverId) => listActivity(database, limit, serverId) },

    async start() {
      binding.onChange(() => {
        publishEngine().catch((error: unknown) => logger.warn({ err: error }, 'the engine was not told of'))
      })
      searched = watch.start()
      await searched
      if (over) return
      goOn()
      binding.onChange(() => {
        if (binding.usable()) void reconciler.reconcile()
      })
      // Intervals go by a clock that never jumps.
      timers.push(setInterval(() => void reconciler.glance(), GLANCE_MS))
      worlds.start()
      timers.push(setInterval(() => void reconciler.reconcile(), RECONCILE_MS))
      await reconciler.reconcile()
    },

    reconcile: () => reconciler.reconcile(),

    async stop() {
      over = true
      for (const timer of timers) clearInterval(timer)
      worlds.stop()
      foundNews.stop()
      observer.stop()
      await reconciler.stop()
      await tasks.stop()
      await launcher.stop()
      await watch.stop()
    },
  }
}
