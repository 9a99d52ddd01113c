import type { BinEntry } from '../../shared/bin.ts'
import type { Slice } from './store.ts'

export interface BinSlice {
  /** Newest first; null until it has been loaded. */
  bin: BinEntry[] | null
  setBin(bin: BinEntry[]): void
}

export const binSlice: Slice<BinSlice> = (set) => ({
  bin: null,
  setBin: (bin) => set({ bin }),
})
