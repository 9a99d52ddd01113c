import type { Slice } from './store.ts'

/** What pages ask for themselves: each number grows when its answers may have changed. */
export interface RevisionsSlice {
  worldsRevision: number
  foundRevision: number
  dataRevision: number
}

export const revisionsSlice: Slice<RevisionsSlice> = () => ({
  worldsRevision: 0,
  foundRevision: 0,
  dataRevision: 0,
})
