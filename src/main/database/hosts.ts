import type { PortRange, Purpose } from '../../shared/ports.ts'
import type { Database } from './open.ts'

export interface HostRow {
  id: string
  regionId: string
  name: string
  enabled: boolean
  engineId: string | null
  engineName: string | null
  publicAddress: string | null
}

export interface RegionRow {
  id: string
  name: string
  enabled: boolean
}

const hostColumns = `id, region_id AS regionId, name, enabled, engine_id AS engineId,
  engine_name AS engineName, public_address AS publicAddress`

type Stored<Row> = Omit<Row, 'enabled'> & { enabled: number }
const fromStored = <Row extends { enabled: number }>(row: Row) => ({ ...row, enabled: row.enabled === 1 })

export function listRegions(database: Database): RegionRow[] {
  return database
    .prepare<[], Stored<RegionRow>>('SELECT id, name, enabled FROM regions ORDER BY name')
    .all()
    .map(fromStored)
}

export function insertRegion(database: Database, region: RegionRow): void {
  database
    .prepare('INSERT INTO regions (id, name, enabled) VALUES (?, ?, ?)')
    .run(region.id, region.name, Number(region.enabled))
}

export function listHosts(database: Database): HostRow[] {
  return database
    .prepare<[], Stored<HostRow>>(`SELECT ${hostColumns} FROM hosts ORDER BY name`)
    .all()
    .map(fromStored)
}

export function findHost(database: Database, id: string): HostRow | null {
  const row = database
    .prepare<[string], Stored<HostRow>>(`SELECT ${hostColumns} FROM hosts WHERE id = ?`)
    .get(id)
  return row ? fromStored(row) : null
}

export function insertHost(database: Database, host: Pick<HostRow, 'id' | 'regionId' | 'name'>): void {
  database
    .prepare('INSERT INTO hosts (id, region_id, name) VALUES (?, ?, ?)')
    .run(host.id, host.regionId, host.name)
}

export function bindEngine(database: Database, hostId: string, engine: { id: string; name: string }): void {
  database
    .prepare('UPDATE hosts SET engine_id = ?, engine_name = ? WHERE id = ?')
    .run(engine.id, engine.name, hostId)
}

export function setPublicAddress(database: Database, hostId: string, address: string | null): void {
  database.prepare('UPDATE hosts SET public_address = ? WHERE id = ?').run(address, hostId)
}

/** This machine's addresses on a host, best first. */
export function listAddresses(database: Database, hostId: string): string[] {
  return database
    .prepare<[string], { address: string }>(
      'SELECT address FROM addresses WHERE host_id = ? ORDER BY position',
    )
    .all(hostId)
    .map(({ address }) => address)
}

/** Puts the addresses of a host in place of those it had. */
export function replaceAddresses(database: Database, hostId: string, addresses: readonly string[]): void {
  database.transaction(() => {
    database.prepare('DELETE FROM addresses WHERE host_id = ?').run(hostId)
    const insert = database.prepare('INSERT INTO addresses (host_id, address, position) VALUES (?, ?, ?)')
    for (const [position, address] of addresses.entries()) insert.run(hostId, address, position)
  })()
}

/** @throws Error when the host has no pool for the purpose */
export function findPool(database: Database, hostId: string, purpose: Purpose): PortRange {
  const row = database
    .prepare<[string, string], PortRange>(
      'SELECT first_port AS first, last_port AS last FROM pools WHERE host_id = ? AND purpose = ?',
    )
    .get(hostId, purpose)
  if (!row) throw new Error(`Host ${hostId} has no ${purpose} pool.`)
  return row
}
