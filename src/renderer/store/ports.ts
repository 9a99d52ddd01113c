import type { PortPoolView, Purpose } from '../../shared/ports.ts'
import type { Slice } from './store.ts'

export interface PortsSlice {
  pools: Record<Purpose, PortPoolView | null>
  /** Grows with every change of a port: whoever shows a pool loads it again. */
  portsRevision: number
  setPool(pool: PortPoolView): void
}

export const portsSlice: Slice<PortsSlice> = (set) => ({
  pools: { game: null, rcon: null },
  portsRevision: 0,
  setPool: (pool) => set((state) => ({ pools: { ...state.pools, [pool.purpose]: pool } })),
})
