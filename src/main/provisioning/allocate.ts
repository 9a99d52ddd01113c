import type { Purpose } from '../../shared/ports.ts'
import type { Database } from '../database/open.ts'
import { isFree } from '../database/ports.ts'
import type { PortPool } from './port-pool.ts'
import type { PortSnapshot } from './port-probe.ts'

/** Requests that share one look at the engine and one commit to the disk. */
const BATCH = 64

/** The ports that were checked for a request, one per purpose it asked for. */
export type AllocatedPorts = Partial<Record<Purpose, number>>

export interface AllocationRequest<Result> {
  hostId: string
  purposes: readonly Purpose[]
  /** Taken when they are free, before any other. */
  prefer?: AllocatedPorts
  /**
   * Runs inside the transaction: it must reserve the ports (`reservePort`) and write what belongs to them.
   * What it throws rejects this request alone and undoes its own writes.
   */
  commit(ports: AllocatedPorts): Result
}

/**
 * Gives ports out. Requests of a host are served in order and in batches: candidates are checked first, then
 * one synchronous transaction takes them together with everything that belongs to them.
 */
export interface PortAllocator {
  /**
   * Never gives a port that is reserved in the database, in use on the network (TCP, UDP, IPv4, IPv6) or
   * claimed by any container, running or stopped.
   *
   * @throws LightNodeError POOL_EXHAUSTED, and what `commit` throws
   */
  allocateServerPort<Result>(request: AllocationRequest<Result>): Promise<Result>
}

interface Waiting {
  request: AllocationRequest<unknown>
  resolve(result: unknown): void
  reject(error: unknown): void
}

/** Free ports in the order they are given, and those that somebody would rather have. */
type Candidates = Record<Purpose, number[]> & { preferred: ReadonlySet<number> }

/** `again`: a pool's range was moved under the candidates, so there may be others. */
type Outcome = { result: unknown } | { error: unknown } | 'again'

export function createPortAllocator(database: Database, pool: PortPool): PortAllocator {
  const queues = new Map<string, Waiting[]>()

  /** Candidates for a batch: a list per purpose, as long as the pool allows. */
  async function candidates(hostId: string, batch: readonly Waiting[]): Promise<Candidates> {
    const snapshot = await pool.snapshot(hostId)
    const find = (purpose: Purpose) => {
      const count = batch.filter(({ request }) => request.purposes.includes(purpose)).length
      return count === 0 ? [] : pool.findFree(hostId, purpose, count, snapshot)
    }
    return {
      game: await find('game'),
      rcon: await find('rcon'),
      preferred: await preferred(hostId, batch, snapshot),
    }
  }

  /** What the requests would rather have, as far as it is free. */
  async function preferred(
    hostId: string,
    batch: readonly Waiting[],
    snapshot: PortSnapshot,
  ): Promise<ReadonlySet<number>> {
    const wanted = batch.flatMap(({ request }) =>
      request.purposes.flatMap((purpose) => {
        const port = request.prefer?.[purpose]
        return port !== undefined && isFree(database, { hostId, port, purpose }) ? [port] : []
      }),
    )
    return new Set(wanted.length === 0 ? [] : await pool.check(hostId, wanted, snapshot))
  }

  /** Inside a transaction: serves the batch in order. */
  function reserveAll(hostId: string, batch: readonly Waiting[], found: Candidates): Outcome[] {
    const still = (purpose: Purpose) =>
      found[purpose].filter((port) => isFree(database, { hostId, port, purpose }))
    const free = { game: still('game'), rcon: still('rcon'), preferred: found.preferred }
    const moved = free.game.length < found.game.length || free.rcon.length < found.rcon.length
    return batch.map(({ request }) => reserve(request, free, moved))
  }

  /** Takes from the candidates and commits; what a failed request would have had goes to the next. */
  function reserve(request: AllocationRequest<unknown>, free: Candidates, moved: boolean): Outcome {
    const ports: AllocatedPorts = {}
    for (const purpose of request.purposes) {
      const port = preference(request, purpose, free) ?? free[purpose][0]
      if (port === undefined) return moved ? 'again' : { error: pool.exhausted(request.hostId, purpose) }
      ports[purpose] = port
    }
    try {
      // Inside the batch's transaction this one is a savepoint: it is undone alone.
      const result = database.transaction(() => request.commit(ports))()
      const taken = Object.values(ports)
      for (const purpose of request.purposes)
        free[purpose] = free[purpose].filter((port) => !taken.includes(port))
      return { result }
    } catch (error) {
      return { error }
    }
  }

  function preference(
    request: AllocationRequest<unknown>,
    purpose: Purpose,
    free: Candidates,
  ): number | undefined {
    const port = request.prefer?.[purpose]
    if (port === undefined || !free.preferred.has(port)) return undefined
    return isFree(database, { hostId: request.hostId, port, purpose }) ? port : undefined
  }

  async function serve(hostId: string, batch: readonly Waiting[]): Promise<void> {
    try {
      const outcomes = await pool.inTurn(hostId, async () => {
        const found = await candidates(hostId, batch)
        // Nothing is answered before the whole batch is on the disk.
        return database.transaction(() => reserveAll(hostId, batch, found))()
      })
      const again = batch.filter((waiting, index) => !answer(waiting, outcomes[index] ?? 'again'))
      if (again.length > 0) await serve(hostId, again)
    } catch (error) {
      for (const waiting of batch) waiting.reject(error)
    }
  }

  async function drain(hostId: string, queue: Waiting[]): Promise<void> {
    while (queue.length > 0) await serve(hostId, queue.splice(0, BATCH))
    queues.delete(hostId)
  }

  return {
    allocateServerPort<Result>(request: AllocationRequest<Result>): Promise<Result> {
      return new Promise<Result>((resolve, reject) => {
        const waiting: Waiting = { request, resolve: (result) => resolve(result as Result), reject }
        const queue = queues.get(request.hostId)
        if (queue) {
          queue.push(waiting)
          return
        }
        const fresh = [waiting]
        queues.set(request.hostId, fresh)
        // The next turn of the loop: requests that came together are served together.
        setImmediate(() => void drain(request.hostId, fresh))
      })
    },
  }
}

/** @returns false when the request has to be served again */
function answer(waiting: Waiting, outcome: Outcome): boolean {
  if (outcome === 'again') return false
  if ('result' in outcome) waiting.resolve(outcome.result)
  else waiting.reject(outcome.error)
  return true
}
