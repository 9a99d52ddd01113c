import type { Adoption, Found } from '../../shared/adoption.ts'
import type { Server } from '../../shared/model.ts'

/** Containers and volumes that no server of ours stands for, and how to take them over. */
export interface FoundService {
  /** @throws LightNodeError ENGINE_* */
  list(): Promise<Found>
  /** What adopting it would write down. @throws LightNodeError NOT_FOUND, NOT_ADOPTABLE, ENGINE_* */
  preview(containerId: string): Promise<Adoption>
  /** Writes it down; nothing is restarted or changed. @throws as `preview`; NAME_TAKEN */
  adopt(containerId: string, name: string | undefined, actor: string): Promise<Server>
  /** A new record for a volume of ours. @throws LightNodeError NOT_FOUND, NAME_TAKEN, EULA_REQUIRED, POOL_EXHAUSTED */
  adoptVolume(
    input: { volume: string; name: string; memory: number; acceptEula: boolean },
    actor: string,
  ): Promise<Server>
  /** For good. @throws LightNodeError NOT_FOUND, INVALID_INPUT for another name, ENGINE_* */
  removeVolume(volume: string, confirm: string, actor: string): Promise<void>
}
