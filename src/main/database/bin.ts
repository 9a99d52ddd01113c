import type { Database } from './open.ts'
import { releasePort } from './ports.ts'

/** A deleted server as stored. */
export interface BinRow {
  id: string
  owner: string
  name: string
  hostId: string
  address: string
  containerName: string
  /** Not null while its container may still be there. */
  containerId: string | null
  /** An adopted one that was kept until a new one is Online. */
  replacedContainerId: string | null
  adopted: number
  mountType: 'volume' | 'bind'
  volumeName: string
  memoryMb: number
  deletedAt: number
  expiredAt: number | null
  /** Since then it is on its way out for good: its world may be gone. */
  purgedAt: number | null
  /** What it holds, or had when it expired. */
  port: number
  rconPort: number
}

const selectBin = `
  SELECT servers.id, owner, servers.name, servers.host_id AS hostId,
    COALESCE(own_address, hosts.public_address, servers.address) AS address,
    container_name AS containerName, container_id AS containerId,
    replaced_container_id AS replacedContainerId, adopted, mount_type AS mountType, volume_name AS volumeName,
    memory_mb AS memoryMb, deleted_at AS deletedAt, expired_at AS expiredAt,
    purged_at AS purgedAt,
    COALESCE(game.port, last_port) AS port, COALESCE(rcon.port, last_rcon_port) AS rconPort
  FROM servers
  JOIN hosts ON hosts.id = servers.host_id
  LEFT JOIN ports AS game ON game.server_id = servers.id AND game.purpose = 'game'
  LEFT JOIN ports AS rcon ON rcon.server_id = servers.id AND rcon.purpose = 'rcon'
  WHERE deleted_at IS NOT NULL`

/** Newest first. */
export function listBin(database: Database): BinRow[] {
  return database.prepare<[], BinRow>(`${selectBin} ORDER BY deleted_at DESC, servers.id`).all()
}

export function findInBin(database: Database, id: string): BinRow | null {
  return database.prepare<[string], BinRow>(`${selectBin} AND servers.id = ?`).get(id) ?? null
}

/** Ends what was under way; ports, credentials and volume stay. */
export function moveToBin(database: Database, id: string, now: number): void {
  database.transaction(() => {
    database
      .prepare("UPDATE runs SET state = 'cancelled', ended_at = ? WHERE server_id = ? AND ended_at IS NULL")
      .run(now, id)
    database.prepare('UPDATE tasks SET ended_at = ? WHERE server_id = ? AND ended_at IS NULL').run(now, id)
    database
      .prepare(
        `UPDATE servers SET deleted_at = ?, status = 'stopped', desired = 'stopped', problem_code = NULL,
           problem_message = NULL, restart_needed = 0,
           -- Half made or not: from now on it stands for a container that may be there.
           container_id = COALESCE(container_id, container_name)
         WHERE id = ? AND deleted_at IS NULL`,
      )
      .run(now, id)
  })()
}

/** @throws Error when another server has the name meanwhile (UNIQUE) */
export function takeFromBin(database: Database, id: string, name: string, nameKey: string): void {
  database
    .prepare(
      `UPDATE servers SET deleted_at = NULL, expired_at = NULL, last_port = NULL, last_rcon_port = NULL,
         name = ?, name_key = ? WHERE id = ?`,
    )
    .run(name, nameKey, id)
}

/** Written before anything of its world goes. */
export function beginPurge(database: Database, id: string, now: number): void {
  database.prepare('UPDATE servers SET purged_at = ? WHERE id = ? AND deleted_at IS NOT NULL').run(now, id)
}

/** Gives an entry's ports back to their pools and remembers them; nothing else goes. */
export function expire(database: Database, entry: BinRow, now: number): void {
  database.transaction(() => {
    database
      .prepare('UPDATE servers SET expired_at = ?, last_port = ?, last_rcon_port = ? WHERE id = ?')
      .run(now, entry.port, entry.rconPort, entry.id)
    for (const purpose of ['game', 'rcon'] as const) releasePort(database, entry.id, purpose, now)
  })()
}

/** The volumes of a server's earlier worlds, and of those that a task was still making. */
export function otherVolumes(database: Database, id: string): string[] {
  return database
    .prepare<[string, string], string>(
      `SELECT volume_name FROM world_copies WHERE server_id = ?
       UNION SELECT plan ->> '$.making.volume' FROM tasks
       WHERE server_id = ? AND plan ->> '$.making.volume' IS NOT NULL`,
    )
    .pluck()
    .all(id, id)
}

/** Forgets a server: its runs, tasks, copies, sessions, credentials and ports, in one transaction. */
export function forgetServer(database: Database, id: string, now: number): void {
  database.transaction(() => {
    for (const purpose of ['game', 'rcon'] as const) releasePort(database, id, purpose, now)
    database
      .prepare('DELETE FROM run_steps WHERE run_id IN (SELECT id FROM runs WHERE server_id = ?)')
      .run(id)
    database.prepare('DELETE FROM runs WHERE server_id = ?').run(id)
    for (const table of ['sessions', 'tasks', 'world_copies'])
      database.prepare(`DELETE FROM ${table} WHERE server_id = ?`).run(id)
    // What is told of it stays, and leads nowhere.
    database.prepare('UPDATE activity SET server_id = NULL WHERE server_id = ?').run(id)
    database.prepare('DELETE FROM servers WHERE id = ? AND deleted_at IS NOT NULL').run(id)
  })()
}

export function forgetContainer(database: Database, id: string): void {
  database
    .prepare('UPDATE servers SET container_id = NULL, replaced_container_id = NULL WHERE id = ?')
    .run(id)
}
