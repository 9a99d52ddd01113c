import type { Port, PortHolder, PortRange, Purpose } from '../../shared/ports.ts'
import { portHolderSchema } from '../../shared/ports.ts'
import type { Database } from './open.ts'

export interface BlockedPort {
  port: number
  purpose: Purpose
  holder: PortHolder
  since: number
}

/** A port of a pool. */
export interface PoolPort {
  hostId: string
  port: number
  purpose: Purpose
}

interface PortRow {
  port: number
  serverId: string | null
  serverName: string | null
  deletedAt: number | null
  reservedAt: number | null
  blockedSince: number | null
  blockedBy: string | null
  checkedAt: number | null
}

/**
 * Free ports of a pool in the order they are given: never used first, ascending, then the least recently
 * released. Reads the index from its start: the cost grows with `limit` alone.
 */
export function freePorts(database: Database, hostId: string, purpose: Purpose, limit: number): number[] {
  return database
    .prepare<[string, string, number], { port: number }>(
      `SELECT port FROM ports
       WHERE host_id = ? AND purpose = ? AND server_id IS NULL AND blocked_since IS NULL
       ORDER BY released_at, port LIMIT ?`,
    )
    .all(hostId, purpose, limit)
    .map(({ port }) => port)
}

export function isFree(database: Database, { hostId, port, purpose }: PoolPort): boolean {
  return (
    database
      .prepare(
        `SELECT 1 FROM ports
         WHERE host_id = ? AND port = ? AND purpose = ? AND server_id IS NULL AND blocked_since IS NULL`,
      )
      .get(hostId, port, purpose) !== undefined
  )
}

/** @throws Error when the port is not free: the caller's transaction must not go on */
export function reservePort(database: Database, wanted: PoolPort, serverId: string, now: number): void {
  const { changes } = database
    .prepare(
      `UPDATE ports SET server_id = ?, reserved_at = ?, checked_at = ?
       WHERE host_id = ? AND port = ? AND purpose = ? AND server_id IS NULL AND blocked_since IS NULL`,
    )
    .run(serverId, now, now, wanted.hostId, wanted.port, wanted.purpose)
  if (changes !== 1) throw new Error(`Port ${wanted.port} of ${wanted.hostId} is not free.`)
}

/**
 * Gives a server's port back to the pool whose range it lies in; where the ranges have moved on, that is
 * another pool or none.
 */
export function releasePort(database: Database, serverId: string, purpose: Purpose, now: number): void {
  const row = database
    .prepare<[number, string, string], { hostId: string; port: number }>(
      `UPDATE ports SET server_id = NULL, reserved_at = NULL, released_at = ?
       WHERE server_id = ? AND purpose = ? RETURNING host_id AS hostId, port`,
    )
    .get(now, serverId, purpose)
  if (!row) return
  const pool = database
    .prepare<[string, number], { purpose: Purpose }>(
      'SELECT purpose FROM pools WHERE host_id = ? AND ? BETWEEN first_port AND last_port',
    )
    .get(row.hostId, row.port)
  if (pool)
    database
      .prepare('UPDATE ports SET purpose = ? WHERE host_id = ? AND port = ?')
      .run(pool.purpose, row.hostId, row.port)
  else database.prepare('DELETE FROM ports WHERE host_id = ? AND port = ?').run(row.hostId, row.port)
}

/** Records who holds a port that we don't; `since` stays while the holder does. */
export function blockPort(
  database: Database,
  hostId: string,
  port: number,
  holder: PortHolder,
  now: number,
): void {
  const evidence = JSON.stringify(holder)
  database
    .prepare(
      `UPDATE ports SET blocked_since = CASE WHEN blocked_by = @evidence THEN blocked_since ELSE @now END,
         blocked_by = @evidence, checked_at = @now
       WHERE host_id = @hostId AND port = @port AND server_id IS NULL`,
    )
    .run({ evidence, now, hostId, port })
}

/** Records that a port that we don't hold is free. */
export function unblockPort(database: Database, hostId: string, port: number, now: number): void {
  database
    .prepare(
      `UPDATE ports SET blocked_since = NULL, blocked_by = NULL, checked_at = ?
       WHERE host_id = ? AND port = ? AND server_id IS NULL`,
    )
    .run(now, hostId, port)
}

export function blockedPorts(database: Database, hostId: string): BlockedPort[] {
  return database
    .prepare<[string], { port: number; purpose: Purpose; blockedBy: string; since: number }>(
      `SELECT port, purpose, blocked_by AS blockedBy, blocked_since AS since
       FROM ports WHERE host_id = ? AND blocked_since IS NOT NULL ORDER BY port`,
    )
    .all(hostId)
    .map(({ blockedBy, ...row }) => ({ ...row, holder: parseHolder(blockedBy) }))
}

/** The ports of a pool that no server of ours holds. */
export function unreservedPorts(database: Database, hostId: string, purpose: Purpose): number[] {
  return database
    .prepare<[string, string], { port: number }>(
      'SELECT port FROM ports WHERE host_id = ? AND purpose = ? AND server_id IS NULL ORDER BY port',
    )
    .all(hostId, purpose)
    .map(({ port }) => port)
}

/** Every port of a pool, as the map shows it. */
export function listPorts(database: Database, hostId: string, purpose: Purpose): Port[] {
  return database
    .prepare<[string, string], PortRow>(
      `SELECT port, server_id AS serverId, servers.name AS serverName, deleted_at AS deletedAt, reserved_at AS reservedAt,
         blocked_since AS blockedSince, blocked_by AS blockedBy, checked_at AS checkedAt
       FROM ports LEFT JOIN servers ON servers.id = ports.server_id
       WHERE ports.host_id = ? AND purpose = ? ORDER BY port`,
    )
    .all(hostId, purpose)
    .map(toPort)
}

function toPort(row: PortRow): Port {
  const base = { port: row.port, checkedAt: row.checkedAt }
  if (row.serverId !== null) {
    const server = { id: row.serverId, name: row.serverName ?? row.serverId, inBin: row.deletedAt !== null }
    return { ...base, state: 'reserved', server, holder: null, since: row.reservedAt }
  }
  if (row.blockedBy !== null) {
    const holder = parseHolder(row.blockedBy)
    return { ...base, state: 'blocked', server: null, holder, since: row.blockedSince }
  }
  return { ...base, state: 'free', server: null, holder: null, since: null }
}

/**
 * Makes a host's pools, or moves their ranges: free rows outside go, missing ones come, in one transaction.
 * A port that a server holds stays until it is released.
 */
export function setPools(database: Database, hostId: string, ranges: Record<Purpose, PortRange>): void {
  const pools = Object.entries(ranges)
  database.transaction(() => {
    for (const [purpose, { first, last }] of pools) {
      database
        .prepare(
          `INSERT INTO pools (host_id, purpose, first_port, last_port) VALUES (?, ?, ?, ?)
           ON CONFLICT (host_id, purpose)
           DO UPDATE SET first_port = excluded.first_port, last_port = excluded.last_port`,
        )
        .run(hostId, purpose, first, last)
      database
        .prepare(
          `DELETE FROM ports
           WHERE host_id = ? AND purpose = ? AND server_id IS NULL AND port NOT BETWEEN ? AND ?`,
        )
        .run(hostId, purpose, first, last)
    }
    // Only now: a port may move from one pool to the other.
    const insert = database.prepare('INSERT OR IGNORE INTO ports (host_id, port, purpose) VALUES (?, ?, ?)')
    for (const [purpose, { first, last }] of pools)
      for (let port = first; port <= last; port++) insert.run(hostId, port, purpose)
  })()
}

function parseHolder(json: string): PortHolder {
  return portHolderSchema.parse(JSON.parse(json))
}
