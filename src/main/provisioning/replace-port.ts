import { LightNodeError } from '../../shared/errors.ts'
import type { PortHolder, Purpose } from '../../shared/ports.ts'
import type { Database } from '../database/open.ts'
import { blockPort, releasePort, reservePort } from '../database/ports.ts'
import type { ServerRow } from '../database/servers.ts'
import type { ContainerSummary } from '../engine/types.ts'
import type { RecordActivity } from '../observe/activity.ts'
import type { EventHub } from '../observe/events.ts'
import { isOf } from '../servers/labels.ts'
import type { AllocatedPorts, PortAllocator } from './allocate.ts'
import type { PortProbe } from './port-probe.ts'

/** A port of a server that somebody else holds. */
export interface LostPort {
  purpose: Purpose
  port: number
  holder: PortHolder | null
}

export interface PortReplacer {
  /** Which of the server's ports others hold, by evidence alone: no port of ours is bound. */
  lostPorts(server: ServerRow): Promise<LostPort[]>
  /**
   * Gives the server the next free ports in place of those for these purposes, in one transaction; what was
   * lost is recorded as blocked with its holder.
   *
   * @throws LightNodeError POOL_EXHAUSTED; the server keeps its ports then
   */
  replace(server: ServerRow, purposes: readonly Purpose[], wish?: PortWish): Promise<void>
}

/** What a person asks for in place of a lost or unwanted port. */
export interface PortWish {
  /** Rather this game port than the next. */
  game?: number
  actor?: string
  /** Runs in the transaction, with what was found. It may throw: then nothing is changed. */
  commit?(ports: AllocatedPorts): void
}

export interface PortReplacerDeps {
  database: Database
  allocator: PortAllocator
  probe: PortProbe
  listContainers(hostId: string): Promise<readonly ContainerSummary[]>
  events: EventHub
  activity: RecordActivity
  now(): number
}

export function createPortReplacer(deps: PortReplacerDeps): PortReplacer {
  const { database, probe } = deps

  async function lostPorts(server: ServerRow): Promise<LostPort[]> {
    const containers = await deps.listContainers(server.hostId)
    // Our own container claims the ports, too; it is not the one that holds them.
    const own = [server.containerId, server.replacedContainerId]
    const others = containers.filter(({ id, labels }) => !isOf(labels, server.id) && !own.includes(id))
    const snapshot = await probe.snapshot(others)
    const wanted = [
      { purpose: 'game' as const, port: server.port },
      { purpose: 'rcon' as const, port: server.rconPort },
    ]
    const looked = await Promise.all(
      wanted.map(async (entry) => ({ ...entry, holder: await probe.look(entry.port, snapshot) })),
    )
    return looked.filter(({ holder }) => holder !== null)
  }

  async function replace(
    server: ServerRow,
    purposes: readonly Purpose[],
    wish: PortWish = {},
  ): Promise<void> {
    const lost = await lostPorts(server)
    const ports = await deps.allocator.allocateServerPort({
      hostId: server.hostId,
      purposes,
      ...(wish.game !== undefined && { prefer: { game: wish.game } }),
      commit(ports) {
        const now = deps.now()
        wish.commit?.(ports)
        for (const purpose of purposes) {
          const port = ports[purpose]
          if (port === undefined) throw new LightNodeError('POOL_EXHAUSTED')
          releasePort(database, server.id, purpose, now)
          reservePort(database, { hostId: server.hostId, port, purpose }, server.id, now)
        }
        for (const { purpose, port, holder } of lost)
          if (holder && purposes.includes(purpose)) blockPort(database, server.hostId, port, holder, now)
        return ports
      },
    })
    deps.events.publish({ type: 'ports', hostId: server.hostId })
    deps.activity({
      serverId: server.id,
      serverName: server.name,
      // By itself it is a warning; what a person asked for is none.
      ...(wish.actor === undefined ? { level: 'warning' as const } : { actor: wish.actor }),
      action: 'port.replaced',
      message: `${server.name} moved to ${Object.entries(ports)
        .map(([purpose, port]) => `${purpose === 'rcon' ? 'RCON' : purpose} port ${port}`)
        .join(' and ')}.`,
    })
  }

  return { lostPorts, replace }
}
