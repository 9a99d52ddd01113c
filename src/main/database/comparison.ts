import type { Database } from './open.ts'

/** What of a server a person would notice when it changes. */
export interface ComparedServer {
  id: string
  name: string
  status: string
  type: string
  version: string
  memoryMb: number
  environment: string
  address: string
  /** Null for one whose port went back to the pool. */
  port: number | null
  deletedAt: number | null
}

/** Every server, those in the bin, too, by their names. */
export function listForComparison(database: Database): ComparedServer[] {
  return database
    .prepare<[], ComparedServer>(
      `SELECT servers.id, servers.name, status, type, coalesce(resolved_version, version) AS version,
         memory_mb AS memoryMb, environment, coalesce(own_address, hosts.public_address, address) AS address,
         ports.port AS port, deleted_at AS deletedAt
       FROM servers
       JOIN hosts ON hosts.id = servers.host_id
       LEFT JOIN ports ON ports.server_id = servers.id AND ports.purpose = 'game'
       ORDER BY servers.name_key, servers.id`,
    )
    .all()
}
