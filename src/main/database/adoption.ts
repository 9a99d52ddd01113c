import type { PortHolder, Purpose } from '../../shared/ports.ts'
import { portHolderSchema } from '../../shared/ports.ts'
import type { Database } from './open.ts'
import type { PoolPort } from './ports.ts'

/** A port that is recorded, in a pool or outside of all. */
export interface PortRecord {
  purpose: Purpose
  server: { id: string; name: string; inBin: boolean } | null
  holder: PortHolder | null
}

/** @returns null for a port that no row stands for */
export function findPortRecord(database: Database, hostId: string, port: number): PortRecord | null {
  const row = database
    .prepare<
      [string, number],
      {
        purpose: Purpose
        id: string | null
        name: string
        deletedAt: number | null
        blockedBy: string | null
      }
    >(
      `SELECT purpose, servers.id, servers.name, deleted_at AS deletedAt, blocked_by AS blockedBy
       FROM ports LEFT JOIN servers ON servers.id = ports.server_id WHERE ports.host_id = ? AND port = ?`,
    )
    .get(hostId, port)
  if (!row) return null
  return {
    purpose: row.purpose,
    server: row.id === null ? null : { id: row.id, name: row.name, inBin: row.deletedAt !== null },
    holder: row.blockedBy === null ? null : portHolderSchema.parse(JSON.parse(row.blockedBy)),
  }
}

/**
 * Reserves a port that a server brings with it, whatever pool it lies in, also outside of all, and whatever was seen
 * to hold it.
 *
 * @throws Error when a server has it: the caller's transaction must not go on
 */
export function recordPort(
  database: Database,
  { hostId, port, purpose }: PoolPort,
  serverId: string,
  now: number,
): void {
  const { changes } = database
    .prepare(
      `INSERT INTO ports (host_id, port, purpose, server_id, reserved_at, checked_at)
       VALUES (@hostId, @port, @purpose, @serverId, @now, @now)
       ON CONFLICT (host_id, port) DO UPDATE SET purpose = excluded.purpose, server_id = excluded.server_id,
         reserved_at = excluded.reserved_at, checked_at = excluded.checked_at,
         blocked_since = NULL, blocked_by = NULL
       WHERE server_id IS NULL`,
    )
    .run({ hostId, port, purpose, serverId, now })
  if (changes !== 1) throw new Error(`Port ${port} of ${hostId} belongs to another server.`)
}

/** A server whose world a volume or folder holds, now or as a copy of before. */
export interface WorldOwner {
  id: string
  name: string
  inBin: boolean
  adopted: boolean
  /** It is an earlier world, not the present one. */
  earlier: boolean
}

export function findWorldOwner(database: Database, source: string): WorldOwner | null {
  const row = database
    .prepare<
      { source: string },
      { id: string; name: string; deletedAt: number | null; adopted: number; earlier: number }
    >(
      `SELECT id, name, deleted_at AS deletedAt, adopted, 0 AS earlier FROM servers WHERE volume_name = @source
       UNION ALL
       SELECT servers.id, servers.name, deleted_at AS deletedAt, adopted, 1 AS earlier
       FROM world_copies JOIN servers ON servers.id = world_copies.server_id
       WHERE world_copies.volume_name = @source
       LIMIT 1`,
    )
    .get({ source })
  if (!row) return null
  const { id, name, deletedAt, adopted, earlier } = row
  return { id, name, inBin: deletedAt !== null, adopted: adopted === 1, earlier: earlier === 1 }
}

/** Ids of every container that a server, in use or in the bin, stands for. */
export function knownContainers(database: Database): Set<string> {
  const rows = database
    .prepare<[], { id: string }>(
      `SELECT container_id AS id FROM servers WHERE container_id IS NOT NULL
       UNION SELECT replaced_container_id AS id FROM servers WHERE replaced_container_id IS NOT NULL`,
    )
    .all()
  return new Set(rows.map(({ id }) => id))
}

/** The server in use that a container is recorded for; null for none. */
export function findServerOfContainer(database: Database, containerId: string): string | null {
  return (
    database
      .prepare<[string], string>('SELECT id FROM servers WHERE container_id = ? AND deleted_at IS NULL')
      .pluck()
      .get(containerId) ?? null
  )
}

/** What makes the names of an owner's servers in use the same. */
export function listNameKeys(database: Database, owner: string): string[] {
  return database
    .prepare<[string], string>('SELECT name_key FROM servers WHERE owner = ? AND deleted_at IS NULL')
    .pluck()
    .all(owner)
}

/** In use or in the bin. */
export function findServerByContainerName(
  database: Database,
  containerName: string,
): { id: string; name: string } | null {
  return (
    database
      .prepare<[string], { id: string; name: string }>(
        'SELECT id, name FROM servers WHERE container_name = ?',
      )
      .get(containerName) ?? null
  )
}

/** In use or in the bin. */
export function isKnownServer(database: Database, id: string): boolean {
  return database.prepare('SELECT 1 FROM servers WHERE id = ?').get(id) !== undefined
}
