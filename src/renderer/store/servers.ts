import type { Server } from '../../shared/model.ts'
import type { Slice } from './store.ts'

export interface ServersSlice {
  /** By id; null until they have been loaded. */
  servers: Record<string, Server> | null
  setServers(servers: Server[]): void
  putServer(server: Server): void
}

export const serversSlice: Slice<ServersSlice> = (set) => ({
  servers: null,
  setServers: (servers) => set({ servers: Object.fromEntries(servers.map((server) => [server.id, server])) }),
  putServer: (server) => set((state) => ({ servers: { ...state.servers, [server.id]: server } })),
})
