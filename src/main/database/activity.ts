import type { Activity } from '../../shared/model.ts'
import type { Database } from './open.ts'

const activityColumns = `id, at, actor, action, server_id AS serverId, server_name AS serverName, level, message`

export function insertActivity(database: Database, entry: Omit<Activity, 'id'>): Activity {
  const { lastInsertRowid } = database
    .prepare(
      `INSERT INTO activity (at, actor, action, server_id, server_name, level, message)
       VALUES (@at, @actor, @action, @serverId, @serverName, @level, @message)`,
    )
    .run(entry)
  return { ...entry, id: Number(lastInsertRowid) }
}

/** Newest first. */
export function listActivity(database: Database, limit: number, serverId: string | null): Activity[] {
  return database
    .prepare<[string | null, string | null, number], Activity>(
      `SELECT ${activityColumns} FROM activity WHERE ? IS NULL OR server_id = ? ORDER BY id DESC LIMIT ?`,
    )
    .all(serverId, serverId, limit)
}
