import type { ImportFix, ImportPlan, ImportSource } from '../../shared/adoption.ts'
import type { Server } from '../../shared/model.ts'

/** Servers from a table or from another LightNode's database. */
export interface Imports {
  /** @throws LightNodeError INVALID_INPUT for a source that can't be read, DATABASE_NEWER, DATABASE_DAMAGED */
  preview(source: ImportSource, fixes: readonly ImportFix[]): Promise<ImportPlan>
  /** All or nothing. @throws LightNodeError INVALID_INPUT while a conflict is left; nothing is written then */
  apply(source: ImportSource, fixes: readonly ImportFix[], actor: string): Promise<Server[]>
}
