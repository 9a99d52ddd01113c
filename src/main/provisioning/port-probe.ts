import type { PortHolder } from '../../shared/ports.ts'
import type { ContainerSummary } from '../engine/types.ts'
import { type BindRefusal, bindCheck as systemBindCheck } from './bind-check.ts'
import { resolveOwners, readListeners as systemListeners } from './listeners/read.ts'
import type { Listener } from './listeners/types.ts'

/** Containers' claims and the listener table at one moment, by port. */
export interface PortSnapshot {
  readonly claims: ReadonlyMap<number, ContainerSummary>
  readonly listeners: ReadonlyMap<number, readonly Listener[]>
  /** All listeners with their owners: found once, at the first held port that is asked about. */
  readonly owners: () => Promise<ReadonlyMap<number, readonly Listener[]>>
}

export interface PortProbe {
  /** One look shared by all candidates of a batch. */
  snapshot(containers: readonly ContainerSummary[]): Promise<PortSnapshot>
  /** Who holds the port by the evidence at hand, without binding it: for a port that we hold in the database. */
  look(port: number, snapshot: PortSnapshot): Promise<PortHolder | null>
  /**
   * Who holds the port outside our records; null when it is free. Binds the port, so never ask for one that
   * we hold ourselves.
   */
  check(port: number, snapshot: PortSnapshot): Promise<PortHolder | null>
}

interface PortProbeDeps {
  readListeners?: () => Promise<Listener[]>
  resolveOwners?: (listeners: readonly Listener[]) => Promise<Listener[]>
  bindCheck?: (port: number) => Promise<BindRefusal | null>
}

/**
 * Tells whether a port is free, from the cheapest and most telling evidence on: a container's claim, the
 * system's listener table, then a bind of our own.
 */
export function createPortProbe(deps: PortProbeDeps = {}): PortProbe {
  const readListeners = deps.readListeners ?? systemListeners
  const findOwners = deps.resolveOwners ?? resolveOwners
  const bindCheck = deps.bindCheck ?? systemBindCheck
  // Two checks of one port at the same moment would refuse each other's binds: they share one.
  const binding = new Map<number, Promise<BindRefusal | null>>()

  function bindOnce(port: number): Promise<BindRefusal | null> {
    const running = binding.get(port)
    if (running) return running
    const started = bindCheck(port).finally(() => binding.delete(port))
    binding.set(port, started)
    return started
  }

  async function look(port: number, snapshot: PortSnapshot): Promise<PortHolder | null> {
    const claim = snapshot.claims.get(port)
    if (claim) return { kind: 'container', name: claim.name, id: claim.id, running: claim.running }
    if (!snapshot.listeners.has(port)) return null
    const listener = mostTelling((await snapshot.owners()).get(port) ?? [])
    return listener ? processHolder(listener) : null
  }

  return {
    look,

    async snapshot(containers) {
      const table = await readListeners()
      let owners: Promise<ReadonlyMap<number, Listener[]>> | undefined
      return {
        claims: claimsByPort(containers),
        listeners: byPort(table),
        owners: () => {
          owners ??= findOwners(table).then(byPort)
          return owners
        },
      }
    },

    async check(port, snapshot) {
      const seen = await look(port, snapshot)
      if (seen) return seen
      const refusal = await bindOnce(port)
      if (!refusal) return null
      if (refusal.code !== 'EADDRINUSE') return { kind: 'system', reason: 'this user may not use the port' }
      return processHolder({ ...refusal, port, pid: null, name: null })
    },
  }
}

/** A running container's claim is above a stopped one's: it holds the port now. */
function claimsByPort(containers: readonly ContainerSummary[]): Map<number, ContainerSummary> {
  const claims = new Map<number, ContainerSummary>()
  for (const container of containers) {
    for (const port of container.hostPorts) {
      const earlier = claims.get(port)
      if (!earlier || (container.running && !earlier.running)) claims.set(port, container)
    }
  }
  return claims
}

function byPort(listeners: readonly Listener[]): Map<number, Listener[]> {
  const map = new Map<number, Listener[]>()
  for (const listener of listeners) {
    const others = map.get(listener.port)
    if (others) others.push(listener)
    else map.set(listener.port, [listener])
  }
  return map
}

/** The first with a name, else the first with a pid, else the first. */
function mostTelling(listeners: readonly Listener[]): Listener | undefined {
  return (
    listeners.find(({ name }) => name !== null) ?? listeners.find(({ pid }) => pid !== null) ?? listeners[0]
  )
}

function processHolder({ name, pid, protocol, address }: Listener): PortHolder {
  return { kind: 'process', name, pid, protocol, address }
}
