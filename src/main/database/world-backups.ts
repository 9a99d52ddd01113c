import type { WorldBackup } from '../../shared/worlds.ts'
import type { Database } from './open.ts'

/** A world saved as a file, and what its server was then. */
export interface WorldBackupRow extends Omit<WorldBackup, 'missing'> {
  resolvedVersion: string | null
  memoryMb: number
  diskGb: number
  /** SHA-256 over the list of its files. */
  digest: string
}

const selectBackups = `SELECT id, server_id AS serverId, server_name AS serverName, reason, file, type, version,
  resolved_version AS resolvedVersion, memory_mb AS memoryMb, disk_gb AS diskGb, bytes, world_bytes AS worldBytes,
  files, digest, created_at AS createdAt, verified_at AS verifiedAt FROM world_backups`

/** Newest first, by the order in which they were made: a clock may have jumped meanwhile. */
export function listWorldBackups(database: Database, serverId: string | null): WorldBackupRow[] {
  return database
    .prepare<[string | null, string | null], WorldBackupRow>(
      `${selectBackups} WHERE ? IS NULL OR server_id = ? ORDER BY rowid DESC`,
    )
    .all(serverId, serverId)
}

export function findWorldBackup(database: Database, id: string): WorldBackupRow | null {
  return database.prepare<[string], WorldBackupRow>(`${selectBackups} WHERE id = ?`).get(id) ?? null
}

export function insertWorldBackup(database: Database, backup: WorldBackupRow): void {
  database
    .prepare(
      `INSERT INTO world_backups (id, server_id, server_name, reason, file, type, version, resolved_version,
         memory_mb, disk_gb, bytes, world_bytes, files, digest, created_at, verified_at)
       VALUES (@id, @serverId, @serverName, @reason, @file, @type, @version, @resolvedVersion, @memoryMb, @diskGb,
         @bytes, @worldBytes, @files, @digest, @createdAt, @verifiedAt)`,
    )
    .run(backup)
}

/** @param at milliseconds since 1970 */
export function setWorldBackupVerified(database: Database, id: string, at: number): void {
  database.prepare('UPDATE world_backups SET verified_at = ? WHERE id = ?').run(at, id)
}

export function deleteWorldBackup(database: Database, id: string): void {
  database.prepare('DELETE FROM world_backups WHERE id = ?').run(id)
}
