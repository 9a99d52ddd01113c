import { randomInt } from 'node:crypto'
import { invalidInput, LightNodeError } from '../../shared/errors.ts'
import { listAddresses, listHosts, listRegions } from '../database/hosts.ts'
import type { Database } from '../database/open.ts'

/** Where a new server goes. */
export interface AssignedAddress {
  regionId: string
  hostId: string
  /** What players type before the port. */
  address: string
}

/**
 * Picks a region (at random among the enabled ones unless one is asked for), a host in it that has an
 * address, and its best address: the public one, else the default route's.
 *
 * @param wanted a region's id
 * @param pick a random index below its argument
 * @throws LightNodeError INVALID_INPUT for an unknown or disabled region, NO_REGION when none can take it
 */
export function assignServerIP(
  database: Database,
  wanted?: string,
  pick: (below: number) => number = randomInt,
): AssignedAddress {
  const enabled = listRegions(database).filter((region) => region.enabled)
  if (wanted !== undefined && !enabled.some(({ id }) => id === wanted)) {
    const known = enabled.map(({ id }) => id).join(', ') || 'none is enabled'
    throw invalidInput([{ field: 'region', message: `One of: ${known}.` }])
  }
  const hosts = listHosts(database)
    .filter((host) => host.enabled)
    .map((host) => ({ ...host, address: host.publicAddress ?? listAddresses(database, host.id)[0] }))
  const regions = enabled.filter(
    ({ id }) => (wanted ?? id) === id && hosts.some((host) => host.regionId === id && host.address),
  )
  const region = choose(regions, pick)
  const host =
    region &&
    choose(
      hosts.filter(({ regionId, address }) => regionId === region.id && address),
      pick,
    )
  if (!host?.address) throw new LightNodeError('NO_REGION')
  return { regionId: host.regionId, hostId: host.id, address: host.address }
}

function choose<T>(items: readonly T[], pick: (below: number) => number): T | undefined {
  return items.length === 0 ? undefined : items[pick(items.length)]
}
