import type { DriftKind } from '../../shared/drift.ts'
import { LightNodeError } from '../../shared/errors.ts'
import type { ServerUpdate } from '../../shared/fields.ts'
import type { CreatedServer, CreateServerInput, Credentials, Server } from '../../shared/model.ts'
import type { Database } from '../database/open.ts'
import { findServer, updateServer } from '../database/servers.ts'
import { clearTaskProblem } from '../database/tasks.ts'
import type { RecordActivity } from '../observe/activity.ts'
import type { EventHub } from '../observe/events.ts'
import type { Launcher } from '../provisioning/launcher.ts'
import { generateSecurePassword } from '../provisioning/password.ts'
import type { PortPool } from '../provisioning/port-pool.ts'
import { type ProvisionDeps, provisionServer } from '../provisioning/provision.ts'
import type { PortReplacer } from '../provisioning/replace-port.ts'
import { Secret } from '../secrets/secret.ts'
import { type ChangeGameDeps, createGameChanges } from './change-game.ts'
import { createChangePort, createPortMover } from './change-port.ts'
import type { CredentialStore } from './credentials.ts'
import { createEdit } from './edit.ts'
import type { EngineBinding } from './engine-binding.ts'
import { createRecords, withNewContainer } from './records.ts'
import { createStops } from './stop.ts'
import type { Stopper } from './stopper.ts'
import type { Tasks, TaskWorks } from './tasks.ts'
import type { ServerViews } from './view.ts'

export interface OperationDeps extends ProvisionDeps, Pick<ChangeGameDeps, 'makeCopy'> {
  installationId: string
  database: Database
  binding: EngineBinding
  launcher: Launcher
  tasks: Tasks
  stopper: Stopper
  views: ServerViews
  credentials: CredentialStore
  pool: PortPool
  ports: PortReplacer
  activity: RecordActivity
  events: EventHub
}

export interface StartOptions {
  /** After PORT_TAKEN: wait for the holder to let go. */
  waitForPort?: boolean
  acceptEula?: boolean | undefined
}

/** What a person can do with servers. Everything but `list` and `create` throws NOT_FOUND for an unknown id. */
export interface ServerOperations {
  list(): Server[]
  get(id: string): Server
  /** @throws what `provisionServer` throws */
  create(input: CreateServerInput, actor: string): Promise<CreatedServer>
  /** Reveals the secrets of one server; the act is recorded. */
  credentials(id: string, actor: string): Credentials
  /**
   * Launches again: after a failure, or what was stopped.
   *
   * @throws LightNodeError EULA_REQUIRED after EULA_REFUSED, or while nobody has accepted it, unless it is accepted
   *   now; BUSY while a task is open
   */
  start(id: string, actor: string, options?: StartOptions): Server
  /**
   * Graceful: the game saves first. Answers when it has stopped, or when that takes longer than it should; then the
   * task goes on. A launch that is under way is given up.
   *
   * @throws LightNodeError BUSY while another task is open, CANCELLED, ENGINE_*
   */
  stop(id: string, actor: string): Promise<Server>
  /** Stops and starts; what is starting already is left alone. @throws as `stop` and `start` */
  restart(id: string, actor: string): Promise<Server>
  /**
   * What runs keeps memory and variables until it is restarted. Another type or version of a server with a world is
   * a task: this answers when it has begun.
   *
   * @throws LightNodeError NAME_TAKEN, MEMORY_EXCEEDED, both at once as INVALID_INPUT, BUSY; nothing is changed then
   */
  update(id: string, change: ServerUpdate, actor: string): Promise<Server>
  /**
   * A new RCON password in a new container: no game type is known to take one while it runs. What runs is
   * restarted; what is stopped gets it at its next start.
   *
   * @throws LightNodeError BUSY, ENGINE_*
   */
  rotatePassword(id: string, actor: string): Promise<Server>
  /**
   * Takes another game port, the next free one when none is given, and starts there; what runs is restarted.
   *
   * @throws LightNodeError PORT_TAKEN with its holder, INVALID_INPUT for a port outside the pool, POOL_EXHAUSTED
   */
  changePort(id: string, actor: string, port?: number): Promise<Server>
  /** Ends a game whose stop is overdue. @throws LightNodeError BUSY while it isn't, ENGINE_* */
  kill(id: string, actor: string): Promise<Server>
  /** Gives up a launch or a task that can be. @throws LightNodeError BUSY */
  cancel(id: string, actor: string): Promise<Server>
  dismissTask(id: string): Server
  /** Mends what was changed outside LightNode. @throws LightNodeError NOT_FOUND when there is no such drift, ENGINE_* */
  mend(id: string, drift: DriftKind, actor: string): Promise<Server>
  /** The container's last lines with the server's secrets struck out; empty without a container. */
  logs(id: string, lines: number): Promise<string[]>
  volumeBytes(id: string): Promise<number | null>
  verifyPanel(id: string, username: string, password: string): boolean
}

/** Everything but mending, which is the reconciler's; `works` are the tasks that a crash may leave open. */
export function createServerOperations(
  deps: OperationDeps,
): Omit<ServerOperations, 'mend'> & { works: TaskWorks } {
  const { database, binding, launcher, tasks, views } = deps
  const records = createRecords(database, views, deps.activity)
  const mover = createPortMover(deps)
  const stops = createStops({ ...deps, records, mover })
  const games = createGameChanges({ ...deps, records })
  const { update } = createEdit({ ...deps, records, games })
  const changePort = createChangePort({ ...deps, records, stops, mover, start })
  const { row, get, note } = records

  function start(id: string, actor: string, options: StartOptions = {}): Server {
    const server = row(id)
    tasks.refuseBusy(id)
    // What was imported, or adopted without it, was accepted by nobody yet.
    if (server.problemCode === 'EULA_REFUSED' || server.eulaAcceptedAt === 0) {
      if (!options.acceptEula) throw new LightNodeError('EULA_REQUIRED')
      // A container that was adopted can't be told: one of ours is.
      const anew = server.adopted === 1 && server.problemCode !== null ? withNewContainer(server) : {}
      updateServer(database, id, { eulaAcceptedAt: deps.now(), ...anew })
    }
    if (!launcher.isBusy(id) && server.status !== 'online') {
      note(server, actor, 'server.start', `${server.name} is being started.`)
      stops.prepareStart(server)
      launcher.launch(id, options)
    }
    return get(id)
  }

  async function restart(id: string, actor: string): Promise<Server> {
    if (tasks.current(id) === null) {
      // On its way already, with all that was asked for.
      if (launcher.isBusy(id) && row(id).restartNeeded === 0) return get(id)
      // What refused its EULA does not run; its start asks for it.
      if (row(id).problemCode === 'EULA_REFUSED' || (await stops.isStopped(id))) return start(id, actor)
    }
    return stops.restart(id, actor)
  }

  async function rotatePassword(id: string, actor: string): Promise<Server> {
    const server = row(id)
    tasks.refuseBusy(id)
    if (launcher.isBusy(id))
      throw new LightNodeError('BUSY', 'The server is still starting; wait until it is online.')
    const nextRconPassword = deps.credentials.sealRcon(id, new Secret(generateSecurePassword()))
    const runs = server.status === 'online' || server.status === 'starting'
    if (runs) binding.engine()
    const when = runs ? 'with a restart' : 'with its next start'
    note(server, actor, 'credentials.rotating', `The RCON password of ${server.name} changes ${when}.`)
    if (runs) return stops.restart(id, actor, { kind: 'password', nextRconPassword })
    // Without its record the container is made anew, with the new password in it.
    updateServer(database, id, { nextRconPassword, ...withNewContainer(server) })
    views.publish(id)
    return get(id)
  }

  return {
    list: views.list,
    ...{ get, start, restart, rotatePassword, update, stop: stops.stop },
    works: { stop: stops.work, change: games.work },
    changePort: (id, actor, port) => changePort(id, actor, port ?? null),

    async kill(id, actor) {
      await deps.stopper.kill(row(id), actor)
      // What comes after the stop, a copy or a change of type, is nothing to wait for.
      if (tasks.current(id) === 'stop') await tasks.done(id)
      return get(id)
    },

    async cancel(id, actor) {
      row(id)
      if (tasks.current(id) === null) return launcher.isBusy(id) ? stops.stop(id, actor) : get(id)
      await tasks.cancel(id)
      return get(id)
    },

    dismissTask(id) {
      row(id)
      clearTaskProblem(database, id)
      views.publish(id)
      return get(id)
    },

    async create(input, actor) {
      const created = await provisionServer(deps, input)
      note(created, actor, 'server.created', `${created.name} was created on port ${created.port}.`)
      deps.events.publish({ type: 'ports', hostId: row(created.id).hostId })
      views.publish(created.id)
      launcher.launch(created.id)
      return created
    },

    credentials(id, actor) {
      const server = row(id)
      note(server, actor, 'credentials.revealed', `The credentials of ${server.name} were revealed.`)
      return deps.credentials.reveal(server)
    },

    async logs(id, lines) {
      const server = row(id)
      const engine = binding.usable()?.engine
      const container = server.containerId ?? server.replacedContainerId
      if (!engine || !container) return []
      const secrets = [server, { ...server, nextRconPassword: null }].map((one) =>
        deps.credentials.rconPassword(one).reveal(),
      )
      const text = await engine.containerLogs(container, lines).catch(() => [])
      return text.map((line) => secrets.reduce((rest, secret) => rest.replaceAll(secret, '[secret]'), line))
    },

    async volumeBytes(id) {
      const server = row(id)
      const engine = binding.usable()?.engine
      return engine ? engine.volumeUsage(server.volumeName).catch(() => null) : null
    },

    verifyPanel(id, username, password) {
      const server = findServer(database, id)
      return server !== null && deps.credentials.verifyPanel(server, username, password)
    },
  }
}
