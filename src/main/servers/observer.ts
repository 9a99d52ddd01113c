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
import { findOwnContainer } from './own-container.ts'
import type { ServerViews } from './view.ts'

/** Exit codes of an orderly end: by itself, or by SIGTERM (128 + 15). */
const ORDERLY = [0, 143]
/** After a look that failed, milliseconds. */
const LOOK_AGAIN_MS = 5000

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
  /** Looks at every server, now; while that goes on, whoever asks shares it. */
  lookAtAll(): Promise<void>
  /** The server is being stopped by us: its end is no news. Whatever came of it is seen at the release. */
  hold(serverId: string): () => void
  stop(): void
}

export function createObserver(deps: ObserverDeps): Observer {
  const { database, binding, launcher, views } = deps
  const held = new Set<string>()
  const looking = new Set<string>()
  /** Something happened while a look was under way: what that one saw may be old. */
  const again = new Set<string>()
  const timers = new Map<string, NodeJS.Timeout>()
  let lookingAtAll: Promise<void> | null = null
  let over = false

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

  function lookAtAll(): Promise<void> {
    lookingAtAll ??= lookInTurn().finally(() => {
      lookingAtAll = null
    })
    return lookingAtAll
  }

  async function lookInTurn(): Promise<void> {
    for (const { id } of listServers(database)) if (!over) await look(id)
  }

  /** What an event told of is not forgotten because the engine, or the disk, failed just then. */
  function lookLater(serverId: string): void {
    if (over) return
    clearTimeout(timers.get(serverId))
    timers.set(
      serverId,
      setTimeout(() => void look(serverId), LOOK_AGAIN_MS),
    )
  }

  async function look(serverId: string): Promise<void> {
    if (over) return
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
      lookLater(serverId)
    } finally {
      looking.delete(serverId)
    }
  }

  async function follow(engine: Engine, server: ServerRow): Promise<void> {
    const state = await findOwnContainer(engine, server, deps.installationId)
    // Things may have moved on while the engine answered.
    if (launcher.isBusy(server.id) || held.has(server.id)) return
    if (!state) {
      if (server.status === 'online' || server.status === 'starting')
        set(server, 'stopped', null, 'its container was removed outside LightNode')
      return
    }
    // Its end is told in a moment, and then it is gone.
    if (state.status === 'removing') return
    if (state.status === 'running') {
      if (server.status !== 'online') launcher.launch(server.id)
      return
    }
    if (state.status === 'restarting') {
      if (server.status !== 'starting') set(server, 'starting', null, 'the engine starts it again')
      return
    }
    if (server.status !== 'online' && server.status !== 'starting') return
    if (state.status === 'paused') set(server, 'stopped', null, 'it was paused outside LightNode')
    else await ended(engine, server, state)
  }

  async function ended(engine: Engine, server: ServerRow, state: ContainerState): Promise<void> {
    if (!state.outOfMemory && ORDERLY.includes(state.exitCode)) {
      set(server, 'stopped', null, 'it was stopped outside LightNode')
      return
    }
    const reason = await exitReason(engine, state, 'running')
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
      return () => {
        held.delete(serverId)
        void look(serverId)
      }
    },
    stop() {
      over = true
      for (const timer of timers.values()) clearTimeout(timer)
      for (const stop of stops) stop()
    },
  }
}
