import { setTimeout as delay } from 'node:timers/promises'
import { LightNodeError } from '../../shared/errors.ts'
import type { Database } from '../database/open.ts'
import { cancelRun } from '../database/runs.ts'
import { findServer, type ServerRow, updateServer } from '../database/servers.ts'
import type { ContainerState, Engine } from '../engine/types.ts'
import { NEW_GAME_STOP_SECONDS } from '../game/image.ts'
import type { RecordActivity } from '../observe/activity.ts'
import type { Logger } from '../observe/logger.ts'
import type { Launcher } from '../provisioning/launcher.ts'
import type { Console } from './console.ts'
import type { EngineBinding } from './engine-binding.ts'
import { isEngineAway, toLightNodeError } from './engine-error.ts'
import { findOwnContainer } from './own-container.ts'
import type { Task } from './tasks.ts'
import { isAlive, untilStopped } from './until-stopped.ts'
import type { ServerViews } from './view.ts'
import { whenWritable } from './when-writable.ts'

/** For `save-all flush`: a large world takes seconds. */
const SAVE_LIMIT_MS = 20_000
/** Between two tries at an engine that answers but fails. */
const RETRY_MS = 1000
/** Tries at an engine that answers, and refuses to stop a container. */
const TRIES = 3

export interface StopperDeps {
  database: Database
  installationId: string
  binding: EngineBinding
  launcher: Launcher
  console: Console
  views: ServerViews
  activity: RecordActivity
  logger: Logger
  now(): number
  /** Milliseconds that a game may take to stop before Kill is offered. */
  limitMs: number
}

export interface StopOptions {
  /** Runs in the transaction that writes the stop down. */
  stopped?: () => void
  /** Called when it takes longer than who asked should wait for: the limit has passed, or the engine is away. */
  slow?: () => void
}

/** Stops games gracefully; a task's work uses it as one of its steps. */
export interface Stopper {
  /**
   * Gives up a launch that is under way, has the game save (cancellable), stops it and waits until it has stopped;
   * the engine kills none that was ever Online. Waits for an engine that goes away. Done when the status `stopped` is written.
   *
   * @throws the signal's reason; EngineError when the engine refuses
   */
  stopGame(task: Task<unknown>, serverId: string, options?: StopOptions): Promise<void>
  /** Ends a game whose stop is overdue, and waits until that is seen. @throws LightNodeError BUSY, ENGINE_* */
  kill(server: ServerRow, actor: string): Promise<void>
}

/** A stop that was sent. */
interface Sent {
  containerId: string
  /** Milliseconds of the clock that never jumps. */
  dueAt: number
  overdue: boolean
  killed: boolean
  done: Promise<void>
}

export function createStopper(deps: StopperDeps): Stopper {
  const { database, binding, launcher, limitMs } = deps
  const sent = new Map<string, Sent>()
  const limit = `${Math.round(limitMs / 1000)} seconds`

  async function giveUpLaunch(serverId: string): Promise<void> {
    await launcher.cancel(serverId)
    cancelRun(database, serverId, deps.now())
  }

  async function stopGame(task: Task<unknown>, serverId: string, options: StopOptions = {}): Promise<void> {
    if (launcher.isBusy(serverId)) task.step('Giving up the start')
    await giveUpLaunch(serverId)
    let saved = false
    const save = async (server: ServerRow, container: ContainerState) => {
      if (!saved) await saveWorld(task, server, container)
      saved = true
    }
    for (let tries = 1; ; ) {
      task.signal.throwIfAborted()
      const server = findServer(database, serverId)
      if (!server) throw new LightNodeError('NOT_FOUND')
      // Nothing was ever made for it, so nothing has to be asked.
      if (server.containerId === null && server.firstOnlineAt === null) break
      try {
        const engine = await whenThere(task, saved, options)
        const container = await findOwnContainer(engine, server, deps.installationId)
        if (!container || !isAlive(container)) break
        await save(server, container)
        await stopContainer(task, engine, server, container, options)
        break
      } catch (error) {
        task.signal.throwIfAborted()
        if (!isEngineAway(error) && tries++ >= TRIES) throw error
        await delay(RETRY_MS, undefined, { signal: task.signal })
      }
    }
    await whenWritable(task.signal, () => writeStopped(serverId, options))
    deps.views.publish(serverId)
  }

  function writeStopped(serverId: string, options: StopOptions): void {
    database.transaction(() => {
      updateServer(database, serverId, { status: 'stopped', problemCode: null, problemMessage: null })
      options.stopped?.()
    })()
  }

  /** The engine, as soon as there is one. */
  async function whenThere(task: Task<unknown>, begun: boolean, options: StopOptions): Promise<Engine> {
    if (!binding.usable()) {
      const { problem } = await binding.status()
      task.step(`Waiting for Docker to stop the game: ${problem?.message ?? 'it does not answer'}`, {
        cancellable: !begun,
      })
      options.slow?.()
      await binding.whenUsable(task.signal)
    }
    return binding.engine()
  }

  async function saveWorld(task: Task<unknown>, server: ServerRow, container: ContainerState): Promise<void> {
    if (server.status !== 'online' || container.status !== 'running') return
    task.step('Saving the world', { cancellable: true })
    const over = new AbortController()
    const end = () => over.abort(task.signal.reason)
    task.signal.addEventListener('abort', end)
    try {
      const late = delay(SAVE_LIMIT_MS, undefined, { signal: over.signal }).then(() => {
        throw new Error('it did not answer in 20 seconds')
      })
      await Promise.race([deps.console.command(server, 'save-all flush', SAVE_LIMIT_MS), late])
    } catch (error) {
      task.signal.throwIfAborted()
      noteUnsaved(server, error)
    } finally {
      task.signal.removeEventListener('abort', end)
      over.abort()
    }
  }

  /** The game's own stop saves, too. */
  function noteUnsaved(server: ServerRow, error: unknown): void {
    deps.logger.warn({ serverId: server.id, err: error }, 'the game did not say that it saved')
    deps.activity({
      serverId: server.id,
      serverName: server.name,
      level: 'warning',
      action: 'server.unsaved',
      message: `${server.name} did not answer when it was told to save; it is stopped all the same, and saves then.`,
    })
  }

  async function stopContainer(
    task: Task<unknown>,
    engine: Engine,
    server: ServerRow,
    container: ContainerState,
    options: StopOptions,
  ): Promise<void> {
    task.step('Stopping the game')
    // One that never had a world to lose need not hear it.
    const killAfter = server.firstOnlineAt === null ? NEW_GAME_STOP_SECONDS : undefined
    const isThere = () => binding.usable() !== null
    const starting = server.status !== 'online' && killAfter === undefined
    const stopping = untilStopped(engine, container.id, isThere, task.signal, starting, killAfter)
    // A second try, after the engine was away, has no more time than the first.
    const before = sent.get(server.id)
    const dueAt = before?.dueAt ?? performance.now() + limitMs
    const entry: Sent = {
      ...{ containerId: container.id, dueAt, overdue: false, killed: before?.killed ?? false },
      done: stopping.catch(() => {}),
    }
    sent.set(server.id, entry)
    const timer = setTimeout(
      () => {
        entry.overdue = true
        options.slow?.()
        showOverdue(task)
      },
      Math.max(0, dueAt - performance.now()),
    )
    try {
      await stopping
      sent.delete(server.id)
    } catch (error) {
      if (task.signal.aborted || !isEngineAway(error)) sent.delete(server.id)
      throw error
    } finally {
      clearTimeout(timer)
    }
  }

  function showOverdue(task: Task<unknown>): void {
    try {
      task.step(`Not stopped after ${limit}: the game is still saving, or it hangs`, { killable: true })
    } catch (error) {
      deps.logger.warn({ serverId: task.serverId, err: error }, 'an overdue stop could not be told')
    }
  }

  async function kill(server: ServerRow, actor: string): Promise<void> {
    const entry = sent.get(server.id)
    if (!entry) {
      const when = `Kill is offered when a stop takes longer than ${limit}.`
      throw new LightNodeError('BUSY', `Nothing is overdue. ${when}`, { remedy: 'Press Stop first.' })
    }
    if (!entry.overdue) {
      const rest = Math.max(1, Math.ceil((entry.dueAt - performance.now()) / 1000))
      throw new LightNodeError('BUSY', `The game may still be saving. Kill is offered in ${rest} seconds.`)
    }
    if (!entry.killed) {
      try {
        await binding.engine().killContainer(entry.containerId)
      } catch (error) {
        throw toLightNodeError(error)
      }
      entry.killed = true
      deps.activity({
        serverId: server.id,
        serverName: server.name,
        actor,
        level: 'warning',
        action: 'server.killed',
        message: `${server.name} was killed when its stop took too long: what it had not saved yet is lost.`,
      })
    }
    await entry.done
  }

  return { stopGame, kill }
}
