import { LightNodeError } from '../../shared/errors.ts'
import type { Gate } from '../data/gate.ts'
import type { Database } from '../database/open.ts'
import { openRuns } from '../database/runs.ts'
import type { Engine } from '../engine/types.ts'
import type { Logger } from '../observe/logger.ts'
import type { Launcher } from '../provisioning/launcher.ts'
import type { PortPool } from '../provisioning/port-pool.ts'
import type { Bin } from './bin.ts'
import type { EngineBinding } from './engine-binding.ts'
import type { FoundNews } from './found-news.ts'
import type { Leftovers } from './leftovers.ts'
import type { Observer } from './observer.ts'
import type { Tasks } from './tasks.ts'

export interface ReconcilerDeps {
  database: Database
  hostId: string
  binding: EngineBinding
  observer: Pick<Observer, 'lookAtAll'>
  launcher: Pick<Launcher, 'isBusy' | 'launch'>
  bin: Pick<Bin, 'tidy'>
  pool: Pick<PortPool, 'recheckBlocked'>
  leftovers: Leftovers
  found: Pick<FoundNews, 'seen'>
  tasks: Pick<Tasks, 'current'>
  /** Refuses what changes something, while LightNode only looks. */
  act: Gate['act']
  logger: Logger
}

/**
 * Brings what is and what is recorded together. It goes by what it finds, not by what was told, so it is right at any
 * time and any number of times. It completes what LightNode began; what others changed is shown, and waits.
 */
export interface Reconciler {
  /** The full look. What is asked for while one is under way is done once more after it. Never rejects. */
  reconcile(): Promise<void>
  /** What comes right with time, and is cheap: ports that were let go of, removals that waited, lost events. */
  glance(): Promise<void>
  /** Nothing new is begun; resolves when what is under way has come to a halt, or after two seconds. */
  stop(): Promise<void>
}

/** How long an end waits for an engine that is slow to answer, milliseconds. */
const HALT_MS = 2000

/** A run that nobody works on for so long goes on, milliseconds. */
const STRAY_MS = 60_000

type Step = [name: string, work: () => unknown]

export function createReconciler(deps: ReconcilerDeps): Reconciler {
  const { database, binding } = deps
  let running: Promise<void> | null = null
  let next: Promise<void> | null = null
  let glancing: Promise<void> | null = null
  let over = false
  /** Servers with an open run that nobody works on, and since when by the clock that never jumps. */
  let strays = new Map<string, number>()

  const look: Step[] = [
    ['ports', () => deps.pool.recheckBlocked(deps.hostId)],
    ['servers', () => deps.observer.lookAtAll()],
  ]
  const bin: Step = ['bin', () => deps.bin.tidy()]
  const act: Step[] = [
    bin,
    ['records', () => deps.leftovers.tidyRecords()],
    ['engine', () => withEngine((engine) => deps.leftovers.tidyEngine(engine))],
    ['runs', goOnWithStrays],
  ]
  const tell: Step[] = [
    ['found', () => withEngine(async (engine) => deps.found.seen(await engine.listContainers()))],
  ]

  async function withEngine(work: (engine: Engine) => Promise<void>): Promise<void> {
    const usable = binding.usable()
    if (usable) await work(usable.engine)
  }

  /** One failure is no reason to leave the rest undone. */
  async function take(steps: readonly Step[]): Promise<void> {
    for (const [name, work] of steps) {
      if (over) return
      try {
        await work()
      } catch (error) {
        if (!over) deps.logger.warn({ step: name, err: error }, 'a step of the look failed')
      }
    }
  }

  async function full(): Promise<void> {
    await take(look)
    await ifAllowed(act)
    await take(tell)
  }

  async function ifAllowed(steps: readonly Step[]): Promise<void> {
    if (over) return
    try {
      await deps.act(() => take(steps))
    } catch (error) {
      // LOOK_ONLY, or BUSY while a copy of the database is put in place: the next look is for that.
      if (!over && !(error instanceof LightNodeError))
        deps.logger.warn({ err: error }, 'the look could not go on')
    }
  }

  /** A launch that broke off. For a moment a run may be nobody's: between being given up and being ended. */
  function goOnWithStrays(): void {
    const now = performance.now()
    const before = strays
    strays = new Map()
    for (const { serverId } of openRuns(database)) {
      if (deps.launcher.isBusy(serverId) || deps.tasks.current(serverId) !== null) continue
      const since = before.get(serverId) ?? now
      if (now - since >= STRAY_MS) deps.launcher.launch(serverId)
      else strays.set(serverId, since)
    }
  }

  async function glanceNow(): Promise<void> {
    await take(look)
    await ifAllowed([bin])
  }

  function begin(): Promise<void> {
    running = full().finally(() => {
      running = null
    })
    return running
  }

  return {
    reconcile() {
      if (over) return Promise.resolve()
      if (!running) return begin()
      next ??= running.then(() => {
        next = null
        return over ? undefined : begin()
      })
      return next
    },
    glance() {
      if (over) return Promise.resolve()
      glancing ??= glanceNow().finally(() => {
        glancing = null
      })
      return glancing
    },
    async stop() {
      over = true
      deps.leftovers.stop()
      const halted = Promise.allSettled([running, next, glancing])
      let timer: NodeJS.Timeout | undefined
      await Promise.race([halted, new Promise((resolve) => (timer = setTimeout(resolve, HALT_MS)))])
      clearTimeout(timer)
    },
  }
}
