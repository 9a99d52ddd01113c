import type { WorldCopy } from '../../shared/worlds.ts'
import type { Database } from './open.ts'

/** A volume that a server had, or was copied into, and what the server was then. */
export interface WorldCopyRow extends WorldCopy {
  resolvedVersion: string | null
  image: string | null
  files: number
  /** Null for a volume that was set aside and not copied. */
  digest: string | null
}

const selectCopies = `SELECT volume_name AS volumeName, server_id AS serverId, reason, type, version,
  resolved_version AS resolvedVersion, image, bytes, files, digest, created_at AS createdAt FROM world_copies`
/** One that is on its way out is none any more. */
const kept = 'removed_at IS NULL'

/** Newest first, by the order in which they were made. */
export function listCopies(database: Database, serverId: string): WorldCopyRow[] {
  return database
    .prepare<[string], WorldCopyRow>(`${selectCopies} WHERE server_id = ? AND ${kept} ORDER BY rowid DESC`)
    .all(serverId)
}

export function findCopy(database: Database, volumeName: string): WorldCopyRow | null {
  return (
    database
      .prepare<[string], WorldCopyRow>(`${selectCopies} WHERE volume_name = ? AND ${kept}`)
      .get(volumeName) ?? null
  )
}

export function insertCopy(database: Database, copy: WorldCopyRow): void {
  database
    .prepare(
      `INSERT INTO world_copies (volume_name, server_id, reason, type, version, resolved_version, image, bytes,
         files, digest, created_at)
       VALUES (@volumeName, @serverId, @reason, @type, @version, @resolvedVersion, @image, @bytes, @files, @digest,
         @createdAt)`,
    )
    .run(copy)
}

/** Written before its volume goes. @param now milliseconds since 1970 */
export function beginRemoval(database: Database, volumeName: string, now: number): void {
  database.prepare('UPDATE world_copies SET removed_at = ? WHERE volume_name = ?').run(now, volumeName)
}

/** Those whose removal has begun. */
export function listRemovals(database: Database): { volumeName: string; serverId: string }[] {
  return database
    .prepare<[], { volumeName: string; serverId: string }>(
      'SELECT volume_name AS volumeName, server_id AS serverId FROM world_copies WHERE removed_at IS NOT NULL',
    )
    .all()
}

export function deleteCopy(database: Database, volumeName: string): void {
  database.prepare('DELETE FROM world_copies WHERE volume_name = ?').run(volumeName)
}

/** Whether a record names the volume: as a server's world, in use or in the bin, or as an earlier one. */
export function isWorld(database: Database, volumeName: string): boolean {
  return (
    database
      .prepare(
        `SELECT 1 FROM servers WHERE volume_name = @volumeName
         UNION ALL SELECT 1 FROM world_copies WHERE volume_name = @volumeName`,
      )
      .get({ volumeName }) !== undefined
  )
}
