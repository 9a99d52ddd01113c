import type { Server } from '../../shared/model.ts'
import type { Database } from '../database/open.ts'
import { findServer, type ServerRow, updateServer } from '../database/servers.ts'
import type { Launcher } from '../provisioning/launcher.ts'
import type { PortMover } from './change-port.ts'
import type { EngineBinding } from './engine-binding.ts'
import { toLightNodeError } from './engine-error.ts'
import { findOwnContainer } from './own-container.ts'
import { type Records, withNewContainer } from './records.ts'
import type { Stopper } from './stopper.ts'
import { isCutOff, type Task, type Tasks } from './tasks.ts'
import { isAlive } from './until-stopped.ts'

/** What is changed about a server once its game has stopped. */
export type StoppedChange =
  /** Sealed. */
  | { kind: 'password'; nextRconPassword: string }
  /** The one that was asked for; null for the next free one. */
  | { kind: 'port'; port: number | null }

/** What a stop is for. */
export interface StopPlan {
  /** Starts again. */
  thenStart: boolean
  change: StoppedChange | null
  /** What was wanted before: a stop that is given up goes back to it. */
  before: ServerRow['desired']
  /** Its game has stopped; what is left is the change, and the start. */
  stopped: boolean
}

export interface StopDeps {
  database: Database
  installationId: string
  binding: EngineBinding
  launcher: Launcher
  tasks: Tasks
  stopper: Stopper
  records: Records
  mover: PortMover
}

export interface Stops {
  /** @throws LightNodeError BUSY, ENGINE_* */
  stop(id: string, actor: string): Promise<Server>
  /** Stops, changes, and starts again; for a game that runs. */
  restart(id: string, actor: string, change?: StoppedChange): Promise<Server>
  /** Whether nothing of it runs: neither by its status nor for the engine, where that can be asked. */
  isStopped(id: string): Promise<boolean>
  /** An adopted container is kept as it was found, so it has to be told that a new one is to take its place. */
  prepareStart(server: ServerRow): void
  work(task: Task<StopPlan>): Promise<void>
}

/** Stopping, as a task: it is finished after a crash, and whoever asks for what is under way shares it. */
export function createStops(deps: StopDeps): Stops {
  const { database, binding, launcher, tasks, records } = deps
  /** Stops that take longer than who asked should wait for. */
  const slow = new Set<string>()
  const waiting = new Set<() => void>()

  /** Resolves with the end, or when the stop is slow; then it goes on by itself. */
  async function answered(id: string, end: Promise<unknown>): Promise<void> {
    let look = () => {}
    const early = new Promise<void>((resolve) => {
      look = () => {
        if (slow.has(id)) resolve()
      }
      look()
      waiting.add(look)
    })
    await Promise.race([end, early]).finally(() => waiting.delete(look))
  }

  async function begin(
    id: string,
    actor: string,
    plan: Pick<StopPlan, 'thenStart' | 'change'>,
  ): Promise<Server> {
    // A launch that waits for an engine can be given up without one; what runs can't be stopped.
    if (!launcher.isBusy(id)) binding.engine()
    const { desired } = records.row(id)
    const whole: StopPlan = { ...plan, before: desired, stopped: false }
    const end = tasks.run(id, 'stop', whole, actor, work)
    // When it is slow nobody waits for its end; how it went wrong is in the task.
    end.catch(() => {})
    await answered(id, end)
    return records.get(id)
  }

  /** The last word counts: what is being stopped starts again, or does not any more. */
  function share(id: string, thenStart: boolean): Promise<Server> | null {
    const shared = database.transaction(() => {
      if (!tasks.replan<StopPlan>(id, 'stop', (plan) => ({ ...plan, thenStart }))) return false
      updateServer(database, id, { desired: thenStart ? 'running' : 'stopped' })
      return true
    })()
    return shared ? answered(id, tasks.done(id)).then(() => records.get(id)) : null
  }

  async function isStopped(id: string): Promise<boolean> {
    const server = records.row(id)
    if (server.status !== 'stopped' || launcher.isBusy(id)) return false
    const usable = binding.usable()
    if (!usable) return true
    try {
      const container = await findOwnContainer(usable.engine, server, deps.installationId)
      return !container || !isAlive(container)
    } catch (error) {
      throw toLightNodeError(error)
    }
  }

  async function stop(id: string, actor: string): Promise<Server> {
    const nothingToDo = tasks.current(id) === null && (await isStopped(id))
    const shared = share(id, false)
    if (shared) return shared
    tasks.refuseBusy(id)
    if (!nothingToDo) return begin(id, actor, { thenStart: false, change: null })
    updateServer(database, id, { desired: 'stopped' })
    return records.get(id)
  }

  async function restart(id: string, actor: string, change: StoppedChange | null = null): Promise<Server> {
    records.row(id)
    if (change) tasks.refuseBusy(id)
    const shared = change ? null : share(id, true)
    if (shared) return shared
    tasks.refuseBusy(id)
    return begin(id, actor, { thenStart: true, change })
  }

  async function work(task: Task<StopPlan>): Promise<void> {
    const { serverId } = task
    const { name, status } = records.row(serverId)
    const { change } = task.plan
    if (!task.plan.stopped) {
      updateServer(database, serverId, { desired: task.plan.thenStart ? 'running' : 'stopped' })
      try {
        await deps.stopper.stopGame(task, serverId, {
          stopped: () => writeDown(task, change),
          slow: () => {
            slow.add(serverId)
            for (const look of waiting) look()
          },
        })
      } catch (error) {
        if (!isCutOff(task.signal)) goBack(task)
        throw error
      } finally {
        slow.delete(serverId)
      }
      if (status !== 'stopped' && !task.plan.thenStart)
        records.note({ id: serverId, name }, task.actor, 'server.stopped', `${name} was stopped.`)
    }
    try {
      await changePort(task)
    } finally {
      // On its old port, when there is no other.
      if (task.plan.thenStart && !task.signal.aborted) startAgain(serverId)
    }
  }

  /** In the transaction that says that the game has stopped; begun again when the disk was full. */
  function writeDown(task: Task<StopPlan>, change: StoppedChange | null): void {
    if (change?.kind === 'password') {
      const { nextRconPassword } = change
      const server = records.row(task.serverId)
      updateServer(database, task.serverId, { nextRconPassword, ...withNewContainer(server) })
    }
    task.replan({ ...task.plan, change: change?.kind === 'password' ? null : change, stopped: true })
  }

  /** Nothing was stopped, so nothing is wanted otherwise than before. */
  function goBack(task: Task<StopPlan>): void {
    if (findServer(database, task.serverId))
      updateServer(database, task.serverId, { desired: task.plan.before })
  }

  async function changePort(task: Task<StopPlan>): Promise<void> {
    const { change } = task.plan
    if (change?.kind !== 'port') return
    task.step('Taking another port')
    const server = records.row(task.serverId)
    const written = () => task.replan({ ...task.plan, change: null })
    await deps.mover.move(server, change.port, task.actor, written)
  }

  function startAgain(id: string): void {
    prepareStart(records.row(id))
    launcher.launch(id)
  }

  function prepareStart(server: ServerRow): void {
    if (server.adopted === 1 && server.restartNeeded === 1 && server.containerId !== null)
      updateServer(database, server.id, withNewContainer(server))
  }

  return { stop, restart, isStopped, prepareStart, work }
}
