import type { LightNodeError } from '../../shared/errors.ts'
import type { ServerStatus } from '../../shared/model.ts'
import type { Database } from '../database/open.ts'
import { findServer, listServers, type ServerRow, updateServer } from '../database/servers.ts'
import type { ContainerState, Engine, EngineEvent, EngineWatch } from '../engine/types.ts'
import type { RecordActivity } from '../observe/activity.ts'
import type { Logger } from '../observe/logger.ts'
import type { Launcher } from '../provisioning/launcher.ts'
import { exitReason } from '../provisioning/verify.ts'
import type { EngineBinding } from './engine-binding.ts'
import { serverOf } from './labels.ts'
import type { ServerViews } from './view.ts'

/** Exit codes of an orderly end: by itself, or by SIGTERM (128 + 15). */
const ORDERLY = [0, 143]

export interface ObserverDeps {
  database: Database
  installationId: string
  watch: EngineWatch
  binding: EngineBinding
  launcher: Launcher
  views: ServerViews
  activity: RecordActivity
  logger: Logger
}

/** Keeps the status of servers true to what the engine shows; while a launch is under way that one does. */
export interface Observer {
  /** Looks at every server, now. */
  lookAtAll(): Promise<void>
  /** The server is being stopped by us: its end is no news. */
  hold(serverId: string): () => void
  stop(): void
}

export function createObserver(deps: ObserverDeps): Observer {
  const { database, binding, launcher, views } = deps
  const held = new Set<string>()
  const looking = new Set<string>()
  /** Something happened while a look was under way: what that one saw may be old. */
  const again = new Set<string>()

  const stops = [
    deps.watch.onEvent((event) => void onEvent(event)),
    binding.onChange(() => {
      if (binding.usable()) void lookAtAll()
    }),
    // What happened while the launch had the word is no news to anyone yet.
    launcher.onEnd((id) => {
      if (findServer(database, id)?.status === 'online') void look(id)
    }),
  ]

  async function onEvent(event: EngineEvent): Promise<void> {
    const serverId = serverOf(event.labels, deps.installationId)
    if (serverId && event.action !== 'create' && event.action !== 'other') await look(serverId)
  }

  async function lookAtAll(): Promise<void> {
    for (const { id } of listServers(database)) await look(id)
  }

  async function look(serverId: string): Promise<void> {
    if (looking.has(serverId)) {
      again.add(serverId)
      return
    }
    looking.add(serverId)
    try {
      do {
        again.delete(serverId)
        const engine = binding.usable()?.engine
        const server = findServer(database, serverId)
        const idle = !launcher.isBusy(serverId) && !held.has(serverId)
        if (engine && server && idle) await follow(engine, server)
      } while (again.has(serverId))
    } catch (error) {
      deps.logger.warn({ serverId, err: error }, 'a look at the server failed')
    } finally {
      looking.delete(serverId)
    }
  }

  async function follow(engine: Engine, server: ServerRow): Promise<void> {
    const state = await engine.inspectContainer(server.containerName)
    // Things may have moved on while the engine answered.
    if (launcher.isBusy(server.id) || held.has(server.id)) return
    if (!state) {
      if (server.status === 'online' || server.status === 'starting')
        set(server, 'stopped', null, 'its container was removed outside LightNode')
      return
    }
    if (state.status === 'running') {
      if (server.status !== 'online') launcher.launch(server.id)
      return
    }
    if (state.status === 'restarting') {
      if (server.status !== 'starting') set(server, 'starting', null, 'the engine starts it again')
      return
    }
    if (server.status === 'online' || server.status === 'starting') await ended(engine, server, state)
  }

  async function ended(engine: Engine, server: ServerRow, state: ContainerState): Promise<void> {
    if (!state.outOfMemory && ORDERLY.includes(state.exitCode)) {
      set(server, 'stopped', null, 'it was stopped outside LightNode')
      return
    }
    const reason = await exitReason(engine, state)
    set(server, 'failed', reason, reason.message)
  }

  function set(server: ServerRow, status: ServerStatus, problem: LightNodeError | null, why: string): void {
    updateServer(database, server.id, {
      status,
      problemCode: problem?.code ?? null,
      problemMessage: problem?.message ?? null,
    })
    deps.activity({
      serverId: server.id,
      serverName: server.name,
      level: problem ? 'error' : 'warning',
      action: `server.${status}`,
      message: `${server.name} is ${status}: ${why}`,
    })
    views.publish(server.id)
  }

  return {
    lookAtAll,
    hold(serverId) {
      held.add(serverId)
      return () => held.delete(serverId)
    },
    stop() {
      for (const stop of stops) stop()
    },
  }
}
