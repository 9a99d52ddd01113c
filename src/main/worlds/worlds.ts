import type { CreatedServer, Server } from '../../shared/model.ts'
import type { WorldBackup, WorldCopy } from '../../shared/worlds.ts'

/** Worlds saved as files, and the earlier worlds that servers can go back to. */
export interface Worlds {
  /** Newest first; of one server when its id is given. */
  list(serverId: string | null): WorldBackup[]
  /** Begins a backup as the server's task. @throws LightNodeError NOT_FOUND, BUSY, ENGINE_*, VOLUME_MISSING */
  backUp(serverId: string, actor: string): Promise<Server>
  /** Reads the file again. @throws LightNodeError NOT_FOUND, BACKUP_DAMAGED */
  verify(backupId: string): Promise<WorldBackup>
  /** Begins the task that puts a backup in place of the server's world, which becomes a copy. */
  restore(backupId: string, serverId: string, actor: string): Promise<Server>
  /** A new server with the world of a backup. @throws what `provisionServer` throws; BACKUP_DAMAGED */
  restoreAsNew(
    backupId: string,
    input: { name: string; memory?: number | undefined; acceptEula: boolean },
    actor: string,
  ): Promise<CreatedServer>
  /** Deletes the file and its record. */
  remove(backupId: string, actor: string): Promise<void>
  /** The file of a backup. @throws LightNodeError NOT_FOUND, BACKUP_DAMAGED when it is gone */
  file(backupId: string): { path: string; name: string }
  /** Earlier worlds of the server, newest first. */
  copies(serverId: string): WorldCopy[]
  /** Begins the task that goes back to an earlier world; the present one becomes a copy. */
  revert(serverId: string, volumeName: string, actor: string): Promise<Server>
  /** Deletes an earlier world for good. @throws LightNodeError NOT_FOUND, ENGINE_* */
  removeCopy(serverId: string, volumeName: string, actor: string): Promise<void>
}
