import type { EngineStatus } from '../../shared/model.ts'
import type { Slice } from './store.ts'

export interface EngineSlice {
  /** Null until it has been loaded. */
  engine: EngineStatus | null
  setEngine(engine: EngineStatus): void
}

export const engineSlice: Slice<EngineSlice> = (set) => ({
  engine: null,
  setEngine: (engine) => set({ engine }),
})
