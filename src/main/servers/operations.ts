import { LightNodeError } from '../../shared/errors.ts'
import type { CreatedServer, CreateServerInput, Credentials, Server } from '../../shared/model.ts'
import type { Database } from '../database/open.ts'
import { findServer, type ServerRow, updateServer } from '../database/servers.ts'
import { EngineError } from '../engine/types.ts'
import { STOP_TIMEOUT_SECONDS } from '../game/image.ts'
import type { RecordActivity } from '../observe/activity.ts'
import type { EventHub } from '../observe/events.ts'
import type { Launcher } from '../provisioning/launcher.ts'
import { type ProvisionDeps, provisionServer } from '../provisioning/provision.ts'
import type { PortReplacer } from '../provisioning/replace-port.ts'
import type { CredentialStore } from './credentials.ts'
import type { EngineBinding } from './engine-binding.ts'
import type { Observer } from './observer.ts'
import { findOwnContainer } from './own-container.ts'
import type { ServerViews } from './view.ts'

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
  /** @throws LightNodeError BUSY while the server runs, POOL_EXHAUSTED */
  changePort(id: string, actor: string): Promise<Server>
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

/** An engine's error in the catalogue's words. */
function toLightNodeError(error: unknown): unknown {
  if (!(error instanceof EngineError)) return error
  const code =
    error.kind === 'unreachable' || error.kind === 'timeout' ? 'ENGINE_UNREACHABLE' : 'ENGINE_REFUSED'
  return new LightNodeError(code, `The engine did not do it: ${error.message}`, {}, { cause: error })
}
