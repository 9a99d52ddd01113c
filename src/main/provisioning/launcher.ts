import { setTimeout as delay } from 'node:timers/promises'
import PQueue from 'p-queue'
import { LightNodeError } from '../../shared/errors.ts'
import type { Database } from '../database/open.ts'
import { listSteps, openRuns } from '../database/runs.ts'
import { findServer } from '../database/servers.ts'
import { storageProblem } from '../database/storage.ts'
import { EngineError } from '../engine/types.ts'
import { NEW_GAME_STOP_SECONDS, STOP_TIMEOUT_SECONDS } from '../game/image.ts'
import type { EngineBinding } from '../servers/engine-binding.ts'
import { isEngineAway } from '../servers/engine-error.ts'
import { type LaunchDeps, launch } from './launch.ts'
import { openRun } from './open-run.ts'
import { createRunLog, launchError, type RunLog, type RunLogDeps } from './run-log.ts'

/** Containers started side by side: more than four only wait for each other (measured on two cores). */
const PARALLEL_STARTS = 4
/** Between two tries at an engine that answers but fails. */
const RETRY_MS = 1000

export interface LauncherDeps extends Omit<LaunchDeps, 'slot'>, RunLogDeps {
  database: Database
  binding: EngineBinding
}

/** Runs launches: one at a time per server, waiting while no engine answers, going on after a restart. */
export interface Launcher {
  /** Opens a run unless one is open, and goes on with it. */
  launch(serverId: string, options?: { waitForPort?: boolean }): void
  isBusy(serverId: string): boolean
  /** Called after each launch, however it ended. */
  onEnd(listener: (serverId: string) => void): () => void
  /** Ends what is under way for the server without a verdict; resolves when it has ended. */
  cancel(serverId: string): Promise<void>
  /** Goes on with every run that a stop or a crash left open. */
  resume(): void
  /** Leaves runs open for the next start. */
  stop(): Promise<void>
}

interface Job {
  abort: AbortController
  done: Promise<void>
}

export function createLauncher(deps: LauncherDeps): Launcher {
  const { database, binding } = deps
  const jobs = new Map<string, Job>()
  const listeners = new Set<(serverId: string) => void>()
  const starts = new PQueue({ concurrency: PARALLEL_STARTS })
  const launchDeps: LaunchDeps = { ...deps, slot: (work) => starts.add(work) }

  async function work(
    serverId: string,
    log: RunLog,
    waitForPort: boolean,
    signal: AbortSignal,
  ): Promise<void> {
    for (;;) {
      if (!binding.usable()) {
        log.waiting((await binding.status()).problem?.message ?? 'Waiting for Docker')
        await binding.whenUsable(signal)
      }
      try {
        await launch(launchDeps, { serverId, engine: binding.engine(), log, waitForPort, signal })
        return
      } catch (error) {
        signal.throwIfAborted()
        if (!isEngineAway(error)) throw error
        log.waiting('The engine stopped answering')
        await delay(RETRY_MS, undefined, { signal })
      }
    }
  }

  /** What can't be written down, step or verdict, is done again as soon as it can. */
  async function run(serverId: string, waitForPort: boolean, signal: AbortSignal): Promise<void> {
    for (let tries = 1; ; tries += 1) {
      try {
        return await attempt(serverId, waitForPort, signal)
      } catch (error) {
        if (signal.aborted || !storageProblem(error)) throw error
        // Once: every line would take from the space that is waited for.
        if (tries === 1) deps.logger.warn({ serverId, err: error }, 'the launch waits for the disk')
        await delay(RETRY_MS, undefined, { signal })
      }
    }
  }

  async function attempt(serverId: string, waitForPort: boolean, signal: AbortSignal): Promise<void> {
    const runId = openRun(database, serverId, deps.now())
    const log = createRunLog(deps, runId, serverId)
    try {
      await work(serverId, log, waitForPort, signal)
    } catch (error) {
      if (signal.aborted) return
      if (storageProblem(error)) throw error
      // First: a retry that follows the verdict at once finds nothing under way.
      await stopFailed(serverId)
      const server = findServer(database, serverId)
      if (server) log.failed(server, toFailure(error, runId))
    }
  }

  /** A failed container is left for its log, but not running. */
  async function stopFailed(serverId: string): Promise<void> {
    const server = findServer(database, serverId)
    const usable = binding.usable()
    if (!server?.containerId || !usable) return
    try {
      // A game that has a world may only have been slow: it saves before it ends.
      const seconds = server.firstOnlineAt === null ? NEW_GAME_STOP_SECONDS : STOP_TIMEOUT_SECONDS
      await usable.engine.stopContainer(server.containerId, seconds)
    } catch (error) {
      deps.logger.info({ serverId, err: error }, 'the failed container was not stopped')
    }
  }

  function begin(serverId: string, waitForPort: boolean): void {
    if (jobs.has(serverId)) return
    const abort = new AbortController()
    const done = run(serverId, waitForPort, abort.signal)
      .finally(() => {
        jobs.delete(serverId)
        for (const listener of listeners) listener(serverId)
      })
      .catch((error: unknown) => {
        if (!abort.signal.aborted) deps.logger.error({ serverId, err: error }, 'a launch broke off')
      })
    jobs.set(serverId, { abort, done })
  }

  async function end(serverId: string): Promise<void> {
    const job = jobs.get(serverId)
    job?.abort.abort(new Error('cancelled'))
    await job?.done
  }

  return {
    launch: (serverId, options = {}) => begin(serverId, options.waitForPort ?? false),
    isBusy: (serverId) => jobs.has(serverId),
    onEnd(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    cancel: end,
    resume() {
      for (const run of openRuns(database)) {
        const start = listSteps(database, run.id).find(({ name }) => name === 'start')
        begin(
          run.serverId,
          start?.state === 'waiting' && findServer(database, run.serverId)?.firstOnlineAt !== null,
        )
      }
    },
    async stop() {
      await Promise.all([...jobs.keys()].map(end))
    },
  }
}

function toFailure(error: unknown, runId: string): LightNodeError {
  if (error instanceof LightNodeError) return error
  if (!(error instanceof EngineError))
    return launchError(
      'INTERNAL',
      `Something went wrong that LightNode did not foresee (id ${runId}).`,
      error,
    )
  switch (error.kind) {
    case 'pull-failed':
    case 'image-missing':
      return launchError('IMAGE_MISSING', `The game image could not be pulled: ${error.message}`, error)
    case 'no-space':
      return launchError('DISK_EXCEEDED', `The engine has no space left: ${error.message}`, error)
    default:
      return launchError('ENGINE_REFUSED', `The engine refused a step: ${error.message}`, error)
  }
}
