import { createContext, useContext } from 'react'
import type { StateCreator } from 'zustand'
import { useStore as useZustand } from 'zustand'
import { createStore, type StoreApi } from 'zustand/vanilla'
import type { Client } from '../client.ts'
import { type ActivitySlice, activitySlice } from './activity.ts'
import { type BinSlice, binSlice } from './bin.ts'
import { type ConnectionSlice, connectionSlice } from './connection.ts'
import { type DataSlice, dataSlice } from './data.ts'
import { type EngineSlice, engineSlice } from './engine.ts'
import { type PortsSlice, portsSlice } from './ports.ts'
import { type RevisionsSlice, revisionsSlice } from './revisions.ts'
import { type ServersSlice, serversSlice } from './servers.ts'
import { type SettingsSlice, settingsSlice } from './settings.ts'

export type State = ServersSlice &
  BinSlice &
  PortsSlice &
  ActivitySlice &
  EngineSlice &
  SettingsSlice &
  DataSlice &
  RevisionsSlice &
  ConnectionSlice
export type Slice<Part> = StateCreator<State, [], [], Part>
export type Store = StoreApi<State>

/** What the core says, as last heard: one slice per noun, no secret in any of them. */
export function makeStore(): Store {
  return createStore<State>()((...args) => ({
    ...serversSlice(...args),
    ...binSlice(...args),
    ...portsSlice(...args),
    ...activitySlice(...args),
    ...engineSlice(...args),
    ...settingsSlice(...args),
    ...dataSlice(...args),
    ...revisionsSlice(...args),
    ...connectionSlice(...args),
  }))
}

/** What every page is handed: the client and the store that its events are folded into. */
export interface Core {
  client: Client
  store: Store
  /** Opens the event stream again, after signing in. */
  reconnect(): void
}

const CoreContext = createContext<Core | null>(null)
export const CoreProvider = CoreContext.Provider

export function useCore(): Core {
  const core = useContext(CoreContext)
  if (!core) throw new Error('useCore outside of CoreProvider')
  return core
}

export const useClient = (): Client => useCore().client

export function useApp<Part>(select: (state: State) => Part): Part {
  return useZustand(useCore().store, select)
}
