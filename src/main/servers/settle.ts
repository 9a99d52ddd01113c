import type { Drift } from '../../shared/drift.ts'
import { LightNodeError } from '../../shared/errors.ts'
import type { ServerStatus } from '../../shared/model.ts'
import { isLookOnly } from '../data/look-only.ts'
import type { Database } from '../database/open.ts'
import { findServer, listServers, type ServerRow, updateServer } from '../database/servers.ts'
import type { ContainerState, Engine } from '../engine/types.ts'
import type { RecordActivity } from '../observe/activity.ts'
import { exitReason } from '../provisioning/verify.ts'
import type { CredentialStore } from './credentials.ts'
import { createFollower, isSilent } from './follow.ts'
import { isAsFound } from './own-container.ts'
import type { ServerViews } from './view.ts'

/** Exit codes of an orderly end: by itself, or by SIGTERM (128 + 15). */
const ORDERLY = [0, 143]
/** How an engine that ends, or comes back after a crash, ends its containers: by SIGTERM, then by SIGKILL (137). */
const BY_ENGINE = [...ORDERLY, 137]
/** As long as nobody works on them these say that something runs, or is about to. */
const LIVELY: readonly ServerStatus[] = ['online', 'starting', 'provisioning', 'waiting']

export interface SettlerDeps {
  database: Database
  installationId: string
  credentials: CredentialStore
  views: ServerViews
  activity: RecordActivity
  now(): number
  /** Milliseconds that a game may take to answer. */
  verifyLimitMs: number
  /** Whether something else has the word about the server by now. */
  isHeld(serverId: string): boolean
  look(serverId: string): Promise<void>
  lookLater(serverId: string): void
  launch(serverId: string): void
}

/** Sets statuses by what the engine shows. */
export interface Settler {
  /** @returns false when something else has the word by now. @throws EngineError */
  settle(engine: Engine, server: ServerRow, container: ContainerState | null): Promise<boolean>
  /** One made just like ours, that takes our password, is the server's: a record from before it is put right. */
  recognise(server: ServerRow, container: ContainerState | null, drift: readonly Drift[]): void
  /** A launch has ended: what it left Online has been verified. */
  launched(serverId: string): void
  /** Something happened to the container: whether it answers has to be seen again. */
  happened(serverId: string): void
  /** The same for all: events may have been lost. */
  forget(): void
  /** The engine was gone and is back: what was to run and does not any more has ended with it. */
  returned(): void
  /** Somebody else has the word. */
  leave(serverId: string): void
  stop(): void
}

/** What is known of a container beside its record; kept in memory alone. */
interface Known {
  containerId: string
  /** It has answered since something happened to it last. */
  verified: boolean
  /** It did not answer in time, however often it began again: it is asked once with every look. */
  gaveUp: boolean
  /** Somebody else started it. */
  outside: boolean
}

export function createSettler(deps: SettlerDeps): Settler {
  const { database, isHeld } = deps
  const known = new Map<string, Known>()
  /** Servers that ran when the engine was lost, and that were not looked at since. */
  const lost = new Set<string>()
  const follower = createFollower({
    ...{ credentials: deps.credentials, verifyLimitMs: deps.verifyLimitMs },
    on: { silent, online, ended: followed },
  })

  function knownOf(serverId: string, containerId: string): Known {
    const before = known.get(serverId)
    if (before?.containerId === containerId) return before
    const fresh = { containerId, verified: false, gaveUp: false, outside: false }
    known.set(serverId, fresh)
    return fresh
  }

  async function settle(
    engine: Engine,
    server: ServerRow,
    container: ContainerState | null,
  ): Promise<boolean> {
    const withEngine = lost.delete(server.id) && !isLookOnly(database) && server.desired === 'running'
    if (container?.status === 'running') {
      follow(engine, server, container)
      return true
    }
    if (container?.status === 'restarting') {
      const gaveUp = server.status === 'failed' && knownOf(server.id, container.id).gaveUp
      if (!gaveUp && server.status !== 'starting') set(server, 'starting', null, 'the engine starts it again')
      return true
    }
    follower.end(server.id)
    known.delete(server.id)
    if (!LIVELY.includes(server.status)) return true
    const ended = container?.status === 'exited' && !container.outOfMemory ? container.exitCode : null
    if (withEngine && ended !== null && BY_ENGINE.includes(ended)) {
      note(server, 'starting', null, 'it ended with its engine')
      deps.launch(server.id)
      return true
    }
    const orderly = container && !container.outOfMemory && ORDERLY.includes(container.exitCode)
    if (!container) set(server, 'stopped', null, 'its container was removed outside LightNode')
    else if (container.status === 'paused') set(server, 'stopped', null, 'it was paused outside LightNode')
    else if (orderly) set(server, 'stopped', null, 'it was stopped outside LightNode')
    else {
      const reason = await exitReason(engine, container, 'running')
      if (isHeld(server.id) || !findServer(database, server.id)) return false
      set(server, 'failed', reason, reason.message)
    }
    return true
  }

  function follow(engine: Engine, server: ServerRow, container: ContainerState): void {
    const memory = knownOf(server.id, container.id)
    const wasOnline = server.status === 'online'
    if (wasOnline && memory.verified) return
    const once = memory.gaveUp && server.status === 'failed'
    if (!wasOnline && !once && server.status !== 'starting') {
      memory.outside = true
      set(server, 'starting', null, 'its container runs')
    }
    const policyOfOurs = ['no', 'unless-stopped'].includes(container.restartPolicy)
    const ours = !isAsFound(container, server.id, deps.installationId) && server.containerId === container.id
    follower.begin({
      ...{ engine, server, container },
      manner: wasOnline ? 'trust' : once ? 'once' : 'start',
      guard: ours && policyOfOurs && server.desired === 'running' && !memory.outside && !isLookOnly(database),
    })
  }

  /** @returns null when something else has the word by now */
  function mine(serverId: string): ServerRow | null {
    return isHeld(serverId) ? null : findServer(database, serverId)
  }

  function silent(serverId: string): void {
    const server = mine(serverId)
    if (server?.status === 'online') set(server, 'starting', null, 'it does not answer any more')
  }

  function online(serverId: string, next: string | null): void {
    const server = mine(serverId)
    if (!server) return
    const memory = known.get(serverId)
    if (memory) Object.assign(memory, { verified: true, gaveUp: false, outside: false })
    // The game has taken it: only now is the old one forgotten.
    const rotated = next !== null && next === server.nextRconPassword
    const firstOnlineAt = server.firstOnlineAt ?? deps.now()
    updateServer(database, serverId, {
      firstOnlineAt,
      addressOpen: 0,
      ...(rotated && { rconPassword: next, nextRconPassword: null }),
    })
    if (server.status !== 'online') set(server, 'online', null, null)
    void deps.look(serverId)
  }

  function followed(serverId: string, error: unknown): void {
    const server = mine(serverId)
    if (!server) return
    if (isSilent(error)) {
      const memory = known.get(serverId)
      if (memory) memory.gaveUp = true
      const message = 'The game does not answer, though its container runs.'
      if (server.status === 'starting')
        set(server, 'failed', new LightNodeError('NOT_READY', message), message)
    } else if (error instanceof LightNodeError) void deps.look(serverId)
    else deps.lookLater(serverId)
  }

  function set(server: ServerRow, status: ServerStatus, problem: LightNodeError | null, why: string | null) {
    updateServer(database, server.id, {
      status,
      problemCode: problem?.code ?? null,
      problemMessage: problem?.message ?? null,
    })
    note(server, status, problem, why)
    deps.views.publish(server.id)
  }

  function note(server: ServerRow, status: ServerStatus, problem: LightNodeError | null, why: string | null) {
    deps.activity({
      serverId: server.id,
      serverName: server.name,
      level: problem ? 'error' : status === 'online' ? 'info' : 'warning',
      action: `server.${status}`,
      message: why === null ? `${server.name} is ${status}.` : `${server.name} is ${status}: ${why}`,
    })
  }

  return {
    settle,
    recognise(server, container, drift) {
      if (!container || server.containerId === null || server.containerId === container.id) return
      if (server.status !== 'online' || !known.get(server.id)?.verified) return
      if (drift.some(({ kind }) => kind === 'changed')) return
      updateServer(database, server.id, { containerId: container.id })
    },
    launched(serverId) {
      const server = findServer(database, serverId)
      if (server?.status === 'online' && server.containerId !== null)
        knownOf(serverId, server.containerId).verified = true
    },
    happened(serverId) {
      const memory = known.get(serverId)
      if (memory) memory.verified = false
    },
    forget: () => known.clear(),
    returned() {
      for (const { id, status } of listServers(database))
        if (status === 'online' || status === 'starting') lost.add(id)
    },
    leave: (serverId) => follower.end(serverId),
    stop: () => follower.stop(),
  }
}
