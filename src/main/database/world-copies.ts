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

/** Newest first, by the order in which they were made. */
export function listCopies(database: Database, serverId: string): WorldCopyRow[] {
  return database
    .prepare<[string], WorldCopyRow>(`${selectCopies} WHERE server_id = ? ORDER BY rowid DESC`)
    .all(serverId)
}

export function findCopy(database: Database, volumeName: string): WorldCopyRow | null {
  return (
    database.prepare<[string], WorldCopyRow>(`${selectCopies} WHERE volume_name = ?`).get(volumeName) ?? null
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
