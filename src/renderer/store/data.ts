import type { DataState } from '../../shared/data.ts'
import type { Slice } from './store.ts'

export interface DataSlice {
  /** Whether LightNode only looks; null until it has been loaded. */
  data: DataState | null
  setData(data: DataState): void
}

export const dataSlice: Slice<DataSlice> = (set) => ({
  data: null,
  setData: (data) => set({ data }),
})
