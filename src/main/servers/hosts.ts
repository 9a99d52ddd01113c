import { invalidInput, LightNodeError } from '../../shared/errors.ts'
import type { Host, Region } from '../../shared/hosts.ts'
import type { PortRange, Purpose } from '../../shared/ports.ts'
import {
  findHost,
  findPool,
  type HostRow,
  insertHost,
  insertRegion,
  listAddresses,
  listHosts,
  listRegions,
  replaceAddresses,
  setPublicAddress,
} from '../database/hosts.ts'
import type { Database } from '../database/open.ts'
import { setPools } from '../database/ports.ts'
import { listServers, updateServer } from '../database/servers.ts'
import type { EventHub } from '../observe/events.ts'

/** The host and region of this machine. */
export const LOCAL = 'local'

/** Outside the game's range and every system's ephemeral range (Linux from 32768, others from 49152). */
const defaultRanges: Record<Purpose, PortRange> = {
  game: { first: 25565, last: 26000 },
  rcon: { first: 26001, last: 26436 },
}

export interface HostUpdate {
  id: string
  publicAddress?: string | null | undefined
  gamePorts?: PortRange | undefined
  rconPorts?: PortRange | undefined
}

/** Regions, their hosts and what players type to reach them. */
export interface Hosts {
  regions(): Region[]
  /** @throws LightNodeError NOT_FOUND, INVALID_INPUT for ranges that overlap; nothing is changed then */
  update(change: HostUpdate): Host
}

/** At the first start: region and host `local` with their pools, in one transaction. */
export function ensureLocalHost(database: Database): void {
  if (findHost(database, LOCAL)) return
  database.transaction(() => {
    insertRegion(database, { id: LOCAL, name: 'local', enabled: true })
    insertHost(database, { id: LOCAL, regionId: LOCAL, name: 'local' })
    setPools(database, LOCAL, defaultRanges)
  })()
}

/** This machine's addresses as they are now; a server whose address is gone gets the best one there is. */
export function refreshAddresses(database: Database, addresses: readonly string[]): void {
  const best = addresses[0]
  if (best === undefined) return
  database.transaction(() => {
    replaceAddresses(database, LOCAL, addresses)
    for (const server of listServers(database))
      if (server.hostId === LOCAL && !addresses.includes(server.address))
        updateServer(database, server.id, { address: best })
  })()
}

export function createHosts(database: Database, events: EventHub, onChange: () => void): Hosts {
  const view = (host: HostRow): Host => ({
    id: host.id,
    name: host.name,
    region: host.regionId,
    enabled: host.enabled,
    addresses: listAddresses(database, host.id),
    publicAddress: host.publicAddress,
    gamePorts: findPool(database, host.id, 'game'),
    rconPorts: findPool(database, host.id, 'rcon'),
  })

  return {
    regions: () =>
      listRegions(database).map((region) => ({
        ...region,
        hosts: listHosts(database)
          .filter(({ regionId }) => regionId === region.id)
          .map(view),
      })),

    update({ id, publicAddress, gamePorts, rconPorts }) {
      const host = findHost(database, id)
      if (!host) throw new LightNodeError('NOT_FOUND')
      const game = gamePorts ?? findPool(database, id, 'game')
      const rcon = rconPorts ?? findPool(database, id, 'rcon')
      if (game.first <= rcon.last && rcon.first <= game.last) {
        const field = gamePorts ? 'gamePorts' : 'rconPorts'
        throw invalidInput([{ field, message: 'The game and RCON ranges must not overlap.' }])
      }
      database.transaction(() => {
        if (publicAddress !== undefined) setPublicAddress(database, id, publicAddress)
        if (gamePorts || rconPorts) setPools(database, id, { game, rcon })
      })()
      events.publish({ type: 'ports', hostId: id })
      events.publish({ type: 'settings' })
      onChange()
      const changed = findHost(database, id)
      if (!changed) throw new LightNodeError('NOT_FOUND')
      return view(changed)
    },
  }
}
