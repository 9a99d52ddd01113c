import type { DataBackup, DataComparison, DataState } from '../../shared/data.ts'

/** LightNode's own database: its copies, the way back to one, and its export. */
export interface DataService {
  state(): DataState
  /** Newest first. */
  backups(): DataBackup[]
  /** @throws LightNodeError BACKUP_FAILED, STORAGE_FAILED */
  backUp(): Promise<DataBackup>
  /** @throws LightNodeError NOT_FOUND, BACKUP_DAMAGED, DATABASE_NEWER */
  compare(name: string): Promise<DataComparison>
  /**
   * Puts a copy's content in place of ours, in one transaction; ours is copied first. From then on LightNode only
   * looks.
   *
   * @throws as `compare`; KEY_UNAVAILABLE when the copy was sealed by another key; nothing is changed then
   */
  restore(name: string, actor: string): Promise<DataState>
  /** Ends the looking, and goes on with what is to be done. */
  confirm(actor: string): Promise<DataState>
  /** @returns the file's path */
  export(password: string, actor: string): Promise<{ file: string }>
}
