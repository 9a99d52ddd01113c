import { LightNodeError } from '../../shared/errors.ts'
import type { CreatedServer, CreateServerInput, Credentials, Server } from '../../shared/model.ts'
import type { Database } from '../database/open.ts'
import {
  findServer,
  listMemory,
  nameExists,
  type ServerChange,
  type ServerRow,
  updateServer,
} from '../database/servers.ts'
import { STOP_TIMEOUT_SECONDS } from '../game/image.ts'
import type { RecordActivity } from '../observe/activity.ts'
import type { EventHub } from '../observe/events.ts'
import { checkMemory } from '../provisioning/capacity.ts'
import type { Launcher } from '../provisioning/launcher.ts'
import { nameKey } from '../provisioning/names.ts'
import { generateSecurePassword } from '../provisioning/password.ts'
import { type ProvisionDeps, provisionServer } from '../provisioning/provision.ts'
import type { PortReplacer } from '../provisioning/replace-port.ts'
import { Secret } from '../secrets/secret.ts'
import type { CredentialStore } from './credentials.ts'
import type { EngineBinding } from './engine-binding.ts'
import { toLightNodeError } from './engine-error.ts'
import type { Observer } from './observer.ts'
import { findOwnContainer } from './own-container.ts'
import type { ServerViews } from './view.ts'

const MB_PER_GB = 1024

export interface OperationDeps extends ProvisionDeps {
  installationId: string
  database: Database
  binding: EngineBinding
  launcher: Launcher
  observer: Observer
  views: ServerViews
  credentials: CredentialStore
  ports: PortReplacer
  activity: RecordActivity
  events: EventHub
}

export interface StartOptions {
  /** After PORT_TAKEN: wait for the holder to let go. */
  waitForPort?: boolean
  acceptEula?: boolean | undefined
}

export interface ServerUpdate {
  name?: string | undefined
  /** GB of heap. */
  memory?: number | undefined
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
   * @throws LightNodeError EULA_REQUIRED after EULA_REFUSED, unless it is accepted now
   */
  start(id: string, actor: string, options?: StartOptions): Server
  /** @throws LightNodeError BUSY, ENGINE_* */
  stop(id: string, actor: string): Promise<Server>
  /** Stops and starts. @throws LightNodeError BUSY, ENGINE_* */
  restart(id: string, actor: string): Promise<Server>
  /**
   * Name and memory (GB). What runs keeps its memory until it is restarted.
   *
   * @throws LightNodeError NAME_TAKEN, MEMORY_EXCEEDED; nothing is changed then
   */
  update(id: string, change: ServerUpdate, actor: string): Promise<Server>
  /**
   * A new RCON password in a new container: no game type is known to take one while it runs. What runs is
   * restarted; what is stopped gets it at its next start.
   *
   * @throws LightNodeError BUSY, ENGINE_*
   */
  rotatePassword(id: string, actor: string): Promise<Server>
  /** @throws LightNodeError BUSY while the server runs, POOL_EXHAUSTED */
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

export function createServerOperations(deps: OperationDeps): ServerOperations {
  const { database, binding, launcher, views } = deps
  const stopping = new Map<string, Promise<Server>>()

  function row(id: string): ServerRow {
    const server = findServer(database, id)
    if (!server) throw new LightNodeError('NOT_FOUND')
    return server
  }

  function get(id: string): Server {
    const server = views.find(id)
    if (!server) throw new LightNodeError('NOT_FOUND')
    return server
  }

  function note(server: { id: string; name: string }, actor: string, action: string, message: string): void {
    deps.activity({ serverId: server.id, serverName: server.name, actor, action, message })
  }

  function refuseStopping(id: string): void {
    if (stopping.has(id)) throw new LightNodeError('BUSY', 'The server is being stopped.')
  }

  function start(id: string, actor: string, options: StartOptions = {}): Server {
    const server = row(id)
    refuseStopping(id)
    if (server.problemCode === 'EULA_REFUSED') {
      if (!options.acceptEula) throw new LightNodeError('EULA_REQUIRED')
      updateServer(database, id, { eulaAcceptedAt: deps.now() })
    }
    if (!launcher.isBusy(id) && server.status !== 'online') {
      note(server, actor, 'server.start', `${server.name} is being started.`)
      launcher.launch(id, options)
    }
    return get(id)
  }

  /** Whoever asks for what is under way waits for it. */
  function stop(id: string, actor: string): Promise<Server> {
    const underway = stopping.get(id)
    if (underway) return underway
    const stopped = stopNow(id, actor).finally(() => stopping.delete(id))
    stopping.set(id, stopped)
    return stopped
  }

  async function stopNow(id: string, actor: string): Promise<Server> {
    const server = row(id)
    if (launcher.isBusy(id))
      throw new LightNodeError('BUSY', 'The server is still starting; wait until it is online.')
    if (server.status === 'stopped' && !binding.usable()) return get(id)
    const engine = binding.engine()
    const release = deps.observer.hold(id)
    try {
      const container = await findOwnContainer(engine, server, deps.installationId)
      const alive = container && ['running', 'restarting', 'paused'].includes(container.status)
      if (!alive && server.status === 'stopped') return get(id)
      updateServer(database, id, { desired: 'stopped' })
      if (alive) await engine.stopContainer(container.id, STOP_TIMEOUT_SECONDS)
      updateServer(database, id, { status: 'stopped', problemCode: null, problemMessage: null })
    } catch (error) {
      throw toLightNodeError(error)
    } finally {
      release()
    }
    note(server, actor, 'server.stopped', `${server.name} was stopped.`)
    views.publish(id)
    return get(id)
  }

  async function restart(id: string, actor: string): Promise<Server> {
    await stop(id, actor)
    return start(id, actor)
  }

  async function rotatePassword(id: string, actor: string): Promise<Server> {
    const runs = row(id).status === 'online'
    if (runs) await stop(id, actor)
    else if (launcher.isBusy(id)) throw new LightNodeError('BUSY')
    const server = row(id)
    const nextRconPassword = deps.credentials.sealRcon(id, new Secret(generateSecurePassword()))
    // Without its record the container is made anew, with the new password in it.
    updateServer(database, id, { nextRconPassword, containerId: null })
    note(server, actor, 'credentials.rotated', `The RCON password of ${server.name} is being changed.`)
    return runs ? start(id, actor) : get(id)
  }

  async function update(id: string, { name, memory }: ServerUpdate, actor: string): Promise<Server> {
    const { hostId } = row(id)
    const { memoryBytes } = await deps.capacity(hostId)
    // As it is after the waiting; from here to the write nothing comes between.
    const server = row(id)
    const memoryMb = memory === undefined ? server.memoryMb : Math.round(memory * MB_PER_GB)
    if (memoryMb > server.memoryMb) {
      const others = listMemory(database, hostId)
      others.splice(others.indexOf(server.memoryMb), 1)
      checkMemory(memoryMb, memoryBytes, others)
    }
    const change: ServerChange = { memoryMb }
    if (name !== undefined) Object.assign(change, { name, nameKey: freeName(server, name) })
    const running = server.status === 'online' || server.status === 'starting'
    if (memoryMb !== server.memoryMb && running) change.restartNeeded = 1
    updateServer(database, id, change)
    note({ id, name: name ?? server.name }, actor, 'server.changed', `${name ?? server.name} was changed.`)
    deps.events.publish({ type: 'ports', hostId })
    views.publish(id)
    return get(id)
  }

  function freeName(server: ServerRow, name: string): string {
    const key = nameKey(name)
    if (key !== nameKey(server.name) && nameExists(database, server.owner, key)) {
      const message = `Another server is called ${name}.`
      throw new LightNodeError('NAME_TAKEN', message, { fields: [{ field: 'name', message }] })
    }
    return key
  }

  async function changePort(id: string, actor: string): Promise<Server> {
    if (row(id).status === 'online')
      throw new LightNodeError('BUSY', 'Stop the server before its port is changed.')
    refuseStopping(id)
    await launcher.cancel(id)
    // As it is now: the launch may have changed a port itself.
    const server = row(id)
    const lost = await deps.ports.lostPorts(server)
    await deps.ports.replace(server, lost.length > 0 ? lost.map(({ purpose }) => purpose) : ['game'])
    return start(id, actor)
  }

  return {
    list: views.list,
    get,
    start,
    stop,
    restart,
    rotatePassword,
    update,
    changePort,

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
      if (!engine || !server.containerId) return []
      const secret = deps.credentials.rconPassword(server).reveal()
      const text = await engine.containerLogs(server.containerId, lines).catch(() => [])
      return text.map((line) => line.replaceAll(secret, '[secret]'))
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
