import PQueue from 'p-queue'
import { describeHolder } from '../../shared/describe.ts'
import { LightNodeError } from '../../shared/errors.ts'
import type { Purpose } from '../../shared/ports.ts'
import { findHost, findPool } from '../database/hosts.ts'
import type { Database } from '../database/open.ts'
import {
  blockedPorts,
  blockPort,
  freePorts,
  listPorts,
  unblockPort,
  unreservedPorts,
} from '../database/ports.ts'
import type { ContainerSummary } from '../engine/types.ts'
import type { EventHub } from '../observe/events.ts'
import type { PortProbe, PortSnapshot } from './port-probe.ts'

/** How many ports are looked at side by side: enough to hide the waiting, few enough to be polite. */
const PARALLEL_CHECKS = 16
/** How many holders the message of a full pool names. */
const NAMED_HOLDERS = 5

export interface PortPoolDeps {
  database: Database
  probe: PortProbe
  /** All containers of the host's engine, running or stopped; empty while no engine answers. */
  listContainers(hostId: string): Promise<readonly ContainerSummary[]>
  events: EventHub
  now(): number
}

/** The ports of the hosts, checked against the network and the engine. Reserving them is the allocator's job. */
export interface PortPool {
  /**
   * Looks at a host's ports one after another: none is bound by one while another gives it to a server.
   * Not for work that waits for its turn itself (`recheckBlocked`, `checkAll`).
   */
  inTurn<Result>(hostId: string, work: () => Promise<Result>): Promise<Result>
  snapshot(hostId: string): Promise<PortSnapshot>
  /**
   * The next ports of the pool that are free in the database, on the network and for the engine; what is
   * passed over is recorded as blocked. Fewer than `count` when the pool has no more.
   */
  findFree(hostId: string, purpose: Purpose, count: number, snapshot: PortSnapshot): Promise<number[]>
  /** Those of the ports that are free on the network and for the engine, in order. */
  check(hostId: string, ports: readonly number[], snapshot: PortSnapshot): Promise<number[]>
  /** Looks again at blocked ports; those that are free come back. */
  recheckBlocked(hostId: string): Promise<void>
  /** Looks at every port of the pool that no server of ours holds. */
  checkAll(hostId: string, purpose: Purpose): Promise<void>
  /** POOL_EXHAUSTED: how many ports, what holds them, what to do. */
  exhausted(hostId: string, purpose: Purpose): LightNodeError
}

export function createPortPool(deps: PortPoolDeps): PortPool {
  const { database, probe, now } = deps
  const turns = new Map<string, PQueue>()

  function inTurn<Result>(hostId: string, work: () => Promise<Result>): Promise<Result> {
    const queue = turns.get(hostId) ?? new PQueue({ concurrency: 1 })
    turns.set(hostId, queue)
    return queue.add(work)
  }

  const snapshot = async (hostId: string) => probe.snapshot(await deps.listContainers(hostId))

  /** Checks ports and writes down what was found; answers those that are free, in order. */
  async function check(hostId: string, ports: readonly number[], taken: PortSnapshot): Promise<number[]> {
    const free: number[] = []
    for (let start = 0; start < ports.length; start += PARALLEL_CHECKS) {
      const chunk = ports.slice(start, start + PARALLEL_CHECKS)
      const holders = await Promise.all(chunk.map((port) => probe.check(port, taken)))
      const found = chunk.map((port, index) => ({ port, holder: holders[index] ?? null }))
      for (const { port, holder } of found) {
        if (holder) blockPort(database, hostId, port, holder, now())
        else free.push(port)
      }
      if (found.some(({ holder }) => holder)) deps.events.publish({ type: 'ports', hostId })
    }
    return free
  }

  async function recheck(hostId: string, taken: () => Promise<PortSnapshot>): Promise<void> {
    const blocked = blockedPorts(database, hostId).map(({ port }) => port)
    if (blocked.length === 0) return
    const free = await check(hostId, blocked, await taken())
    for (const port of free) unblockPort(database, hostId, port, now())
    if (free.length > 0) deps.events.publish({ type: 'ports', hostId })
  }

  async function findFree(
    hostId: string,
    purpose: Purpose,
    count: number,
    taken: PortSnapshot,
  ): Promise<number[]> {
    const found: number[] = []
    let rechecked = false
    while (found.length < count) {
      const candidates = freePorts(database, hostId, purpose, count)
        .filter((port) => !found.includes(port))
        .slice(0, count - found.length)
      if (candidates.length > 0) {
        found.push(...(await check(hostId, candidates, taken)))
      } else if (!rechecked) {
        rechecked = true
        await recheck(hostId, async () => taken)
      } else break
    }
    return found
  }

  async function checkAll(hostId: string, purpose: Purpose): Promise<void> {
    const free = await check(hostId, unreservedPorts(database, hostId, purpose), await snapshot(hostId))
    database.transaction(() => {
      for (const port of free) unblockPort(database, hostId, port, now())
    })()
    deps.events.publish({ type: 'ports', hostId })
  }

  function exhausted(hostId: string, purpose: Purpose): LightNodeError {
    const { first, last } = findPool(database, hostId, purpose)
    const ports = listPorts(database, hostId, purpose)
    const reserved = ports.filter(({ server }) => server && !server.inBin).length
    const binned = ports.filter(({ server }) => server?.inBin).length
    const holders = ports.flatMap(({ port, holder }) =>
      holder ? [`${port} by ${describeHolder(holder)}`] : [],
    )
    const named = holders.slice(0, NAMED_HOLDERS).join('; ')
    const others = holders.length > NAMED_HOLDERS ? `; and ${holders.length - NAMED_HOLDERS} more` : ''
    const blocked = holders.length > 0 ? `, ${holders.length} by others (${named}${others})` : ''
    const host = findHost(database, hostId)?.name ?? hostId
    return new LightNodeError(
      'POOL_EXHAUSTED',
      `All ${ports.length} ${purpose} ports (${first}-${last}) of host ${host} are in use: ` +
        `${reserved} by servers${binned > 0 ? `, ${binned} by servers in the bin` : ''}${blocked}.`,
    )
  }

  return {
    ...{ inTurn, snapshot, findFree, check, exhausted },
    recheckBlocked: (hostId) => inTurn(hostId, () => recheck(hostId, () => snapshot(hostId))),
    checkAll: (hostId, purpose) => inTurn(hostId, () => checkAll(hostId, purpose)),
  }
}
