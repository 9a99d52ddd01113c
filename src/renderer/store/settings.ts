import type { Host, Region } from '../../shared/hosts.ts'
import type { AppInfo } from '../../shared/model.ts'
import type { Settings } from '../../shared/settings.ts'
import type { Slice } from './store.ts'

export interface SettingsSlice {
  app: AppInfo | null
  settings: Settings | null
  regions: Region[] | null
  setApp(app: AppInfo): void
  setSettings(settings: Settings): void
  setRegions(regions: Region[]): void
  putHost(host: Host): void
}

const withHost = (regions: Region[], host: Host): Region[] =>
  regions.map((region) => ({
    ...region,
    hosts: region.hosts.map((known) => (known.id === host.id ? host : known)),
  }))

export const settingsSlice: Slice<SettingsSlice> = (set) => ({
  app: null,
  settings: null,
  regions: null,
  setApp: (app) => set({ app }),
  setSettings: (settings) => set({ settings }),
  setRegions: (regions) => set({ regions }),
  putHost: (host) => set((state) => (state.regions ? { regions: withHost(state.regions, host) } : {})),
})
