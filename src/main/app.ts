import type { SecretClipboard } from './doors/clipboard.ts'
import type { HttpDoor } from './doors/http-door.ts'
import type { PanelRouter, Router } from './doors/router.ts'
import type { Logger } from './observe/logger.ts'
import type { Keyring } from './secrets/keyring.ts'

export interface AppOptions {
  mode: 'desktop' | 'browser'
  dataDir: string
  /** The HTTP door's port; null: the remembered one, else any. */
  port: number | null
  version: string
  demo: boolean
  /** Overrides the image setting for this run. */
  image: string | null
  /** The folder of the built renderer. */
  rendererDir: string
  keyring: Keyring | null
  clipboard: SecretClipboard | null
}

/** The running application: what the entries need of it. */
export interface App {
  router: Router
  panelRouter: PanelRouter
  http: HttpDoor
  logger: Logger
  close(): Promise<void>
}

/** Puts everything together. @throws LightNodeError KEY_UNAVAILABLE, DATABASE_NEWER, DATABASE_DAMAGED */
export async function createApp(_options: AppOptions): Promise<App> {
  throw new Error('under construction')
}
