import { setTimeout as delay } from 'node:timers/promises'
import { LightNodeError } from '../../shared/errors.ts'
import type { Database } from '../database/open.ts'
import { findServer, type ServerRow } from '../database/servers.ts'
import type { RecordActivity } from '../observe/activity.ts'
import type { Logger } from '../observe/logger.ts'
import type { Console } from '../servers/console.ts'
import type { EngineBinding } from '../servers/engine-binding.ts'
import { findOwnContainer } from '../servers/own-container.ts'
import { isCutOff, type Task } from '../servers/tasks.ts'
import { whenWritable } from '../servers/when-writable.ts'

/** For `save-all flush`, milliseconds: a large world on a slow disk takes a while. */
const SAVE_LIMIT_MS = 120_000
/** Tries to switch saving on again, and between two of them. */
const TRIES = 5
const RETRY_MS = 1000

export interface SavingDeps {
  database: Database
  installationId: string
  binding: EngineBinding
  console: Console
  activity: RecordActivity
  logger: Logger
}

/** What the plan of a task says while a game must not save by itself. */
export interface SavingPlan {
  savingOff: boolean
}

/** Keeps a game that runs from changing its world while that is read. */
export interface Saving {
  /**
   * Switches saving off, has the game write everything, does the work, and switches saving on again, whatever came
   * of it.
   *
   * @throws LightNodeError BACKUP_FAILED when the game does not do as it is told; what the work throws
   */
  held<P extends SavingPlan, T>(task: Task<P>, server: ServerRow, work: () => Promise<T>): Promise<T>
  /**
   * Switches saving on again; a game that does not run any more saves when it starts.
   *
   * @param tries 1 also for who asks again and again: then a failure is told to nobody
   * @returns false when it failed
   */
  on(serverId: string, tries?: number): Promise<boolean>
}

export function createSaving(deps: SavingDeps): Saving {
  const { database, console, logger } = deps

  async function held<P extends SavingPlan, T>(
    task: Task<P>,
    server: ServerRow,
    work: () => Promise<T>,
  ): Promise<T> {
    task.step('Having the game save its world', { cancellable: true })
    // Before it is so: a crash in between is put right by switching on what was never off.
    await whenWritable(task.signal, () => task.replan({ ...task.plan, savingOff: true }))
    try {
      await unlessAborted(task.signal, command(server, 'save-off'))
      await unlessAborted(task.signal, command(server, 'save-all flush', SAVE_LIMIT_MS))
      return await work()
    } finally {
      // When LightNode ends there is no time for more; the plan says that it is to be done at the next start.
      if (await on(server.id, isCutOff(task.signal) ? 1 : TRIES)) forget(task)
    }
  }

  function forget<P extends SavingPlan>(task: Task<P>): void {
    try {
      task.replan({ ...task.plan, savingOff: false })
    } catch (error) {
      // Then it is switched on once more, which does no harm.
      logger.warn({ serverId: task.serverId, err: error }, 'that the game saves again was not written down')
    }
  }

  async function command(server: ServerRow, text: string, limitMs?: number): Promise<void> {
    try {
      await console.command(server, text, limitMs)
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error)
      throw new LightNodeError(
        'BACKUP_FAILED',
        `The game did not answer to "${text}": ${why}`,
        {},
        { cause: error },
      )
    }
  }

  async function on(serverId: string, atMost = TRIES): Promise<boolean> {
    for (let tries = 1; ; tries += 1) {
      const server = findServer(database, serverId)
      if (!server || !(await mayRun(server))) return true
      try {
        await console.command(server, 'save-on')
        return true
      } catch (error) {
        if (tries >= atMost) return atMost > 1 && failed(server, error)
        await delay(RETRY_MS)
      }
    }
  }

  /** True also when the engine can't tell: the RCON port answers without it. */
  async function mayRun(server: ServerRow): Promise<boolean> {
    const usable = deps.binding.usable()
    if (!usable) return true
    try {
      return (await findOwnContainer(usable.engine, server, deps.installationId))?.status === 'running'
    } catch {
      return true
    }
  }

  function failed(server: ServerRow, error: unknown): false {
    logger.error({ serverId: server.id, err: error }, 'saving was not switched on again')
    deps.activity({
      serverId: server.id,
      serverName: server.name,
      level: 'error',
      action: 'world.saving-off',
      message: `${server.name} does not answer, so it may not be saving by itself. LightNode goes on trying; a restart helps as well.`,
    })
    return false
  }

  return { held, on }
}

/** Nobody who gives up waits for a game that is slow to answer. @throws the signal's reason */
async function unlessAborted(signal: AbortSignal, answer: Promise<void>): Promise<void> {
  const over = new AbortController()
  const aborted = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { signal: over.signal })
  })
  // Whichever comes second is nobody's.
  answer.catch(() => {})
  aborted.catch(() => {})
  try {
    signal.throwIfAborted()
    await Promise.race([answer, aborted])
  } finally {
    over.abort()
  }
}
