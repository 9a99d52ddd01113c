import type { Slice } from './store.ts'

export type Connection = 'connecting' | 'live' | 'lost' | 'signed-out'

export interface ConnectionSlice {
  connection: Connection
  setConnection(connection: Connection): void
}

export const connectionSlice: Slice<ConnectionSlice> = (set) => ({
  connection: 'connecting',
  setConnection: (connection) => set({ connection }),
})
