import type { Database } from './open.ts'
import { releasePort } from './ports.ts'

/** No row can say so while foreign keys are held; a database that was mended by hand can. */
const gone = 'server_id IS NOT NULL AND server_id NOT IN (SELECT id FROM servers)'

/** Ends runs of servers that are in the bin, or gone. @returns how many */
export function endLostRuns(database: Database, now: number): number {
  return database
    .prepare(
      `UPDATE runs SET state = 'cancelled', ended_at = ?
       WHERE ended_at IS NULL AND server_id NOT IN (SELECT id FROM servers WHERE deleted_at IS NULL)`,
    )
    .run(now).changes
}

/** Gives back the ports of servers that are gone, and of those whose time in the bin is over. @returns how many */
export function freeLostPorts(database: Database, now: number): number {
  const lost = database
    .prepare<[], { serverId: string; purpose: 'game' | 'rcon' }>(
      `SELECT server_id AS serverId, purpose FROM ports
       WHERE (${gone}) OR server_id IN (SELECT id FROM servers WHERE expired_at IS NOT NULL)`,
    )
    .all()
  database.transaction(() => {
    for (const { serverId, purpose } of lost) releasePort(database, serverId, purpose, now)
  })()
  return lost.length
}

/** Removes what only makes sense with its server: runs, tasks, sessions. @returns how many rows */
export function removeLostRows(database: Database): number {
  return database.transaction(() => {
    const statements = [
      `DELETE FROM run_steps WHERE run_id IN (SELECT id FROM runs WHERE ${gone})`,
      `DELETE FROM runs WHERE ${gone}`,
      `DELETE FROM tasks WHERE ${gone}`,
      `DELETE FROM sessions WHERE ${gone}`,
    ]
    return statements.reduce((sum, sql) => sum + database.prepare(sql).run().changes, 0)
  })()
}

/** Every volume that a server, in use or in the bin, or an earlier world of one stands for. */
export function knownVolumes(database: Database): Set<string> {
  const rows = database
    .prepare<[], { name: string }>(
      'SELECT volume_name AS name FROM servers UNION SELECT volume_name AS name FROM world_copies',
    )
    .all()
  return new Set(rows.map(({ name }) => name))
}

/** A server's container by its record, wherever the server is. */
export interface ContainerRecord {
  containerId: string | null
  replacedContainerId: string | null
}

/** @returns null for a server that is neither in use nor in the bin */
export function findContainerRecord(database: Database, serverId: string): ContainerRecord | null {
  return (
    database
      .prepare<[string], ContainerRecord>(
        `SELECT container_id AS containerId, replaced_container_id AS replacedContainerId
         FROM servers WHERE id = ?`,
      )
      .get(serverId) ?? null
  )
}

/** Whether the activity holds such an entry already. */
export function wasNoted(database: Database, action: string, message: string): boolean {
  return (
    database
      .prepare('SELECT 1 FROM activity WHERE action = ? AND message = ? LIMIT 1')
      .get(action, message) !== undefined
  )
}
