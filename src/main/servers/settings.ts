import { LightNodeError } from '../../shared/errors.ts'
import type { Settings, SettingsUpdate } from '../../shared/settings.ts'
import type { Database } from '../database/open.ts'
import { getSetting, setSetting } from '../database/settings.ts'
import { DEFAULT_IMAGE } from '../game/image.ts'
import type { EventHub } from '../observe/events.ts'
import { keyLocation, moveKey } from '../secrets/key-store.ts'
import type { Keyring } from '../secrets/keyring.ts'
import { readWorldSettings, writeWorldSettings } from '../worlds/settings.ts'

const noKeyring = 'Only the desktop application reaches the keyring of the system.'

export interface SettingsDeps {
  database: Database
  dataDir: string
  key: Buffer
  keyring: Keyring | null
  /** Given on the command line: wins over what is stored. */
  imageOverride: string | null
  events: EventHub
}

export interface SettingsService {
  get(): Settings
  /** @throws LightNodeError KEY_UNAVAILABLE, UNSUPPORTED_HERE: the key can't be moved, and stays where it was */
  update(change: SettingsUpdate): Promise<Settings>
}

export function createSettings(deps: SettingsDeps): SettingsService {
  const get = (): Settings => ({
    image: deps.imageOverride ?? getSetting(deps.database, 'image') ?? DEFAULT_IMAGE,
    keyLocation: keyLocation(deps.dataDir) ?? 'file',
    keyringUnavailable: deps.keyring ? deps.keyring.unavailable : noKeyring,
    worlds: readWorldSettings(deps.database, deps.dataDir),
  })

  return {
    get,
    async update({ image, keyLocation: location, worlds }) {
      const moves = location !== undefined && location !== get().keyLocation
      if (moves && !deps.keyring) throw new LightNodeError('UNSUPPORTED_HERE', noKeyring)
      if (moves) await moveKey(deps.dataDir, deps.key, location, deps.keyring)
      if (image !== undefined) setSetting(deps.database, 'image', image)
      if (worlds) await writeWorldSettings(deps.database, deps.dataDir, worlds)
      deps.events.publish({ type: 'settings' })
      return get()
    },
  }
}
