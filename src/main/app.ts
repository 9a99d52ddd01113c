import { homedir } from 'node:os'
import { join } from 'node:path'
import type { AppInfo } from '../shared/model.ts'
import { createCore } from './core.ts'
import { keepBackedUp } from './database/backup-schedule.ts'
import { getSetting, setSetting } from './database/settings.ts'
import { watchPlace } from './database/storage.ts'
import type { SecretClipboard } from './doors/clipboard.ts'
import { type HttpDoor, openHttpDoor } from './doors/http-door.ts'
import { createPanelRouter, createRouter, type PanelRouter, type Router } from './doors/router.ts'
import { discoverEngine } from './engine/connect.ts'
import { watchEngine } from './engine/watch.ts'
import { identify } from './installation.ts'
import { createLogger, type Logger } from './observe/logger.ts'
import { openData } from './open-data.ts'
import { ownAddresses } from './provisioning/own-addresses.ts'
import type { Keyring } from './secrets/keyring.ts'

/** Without a network the servers can be reached from this machine alone. */
const LOOPBACK = '127.0.0.1'

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
  /** A copy in the backups folder that takes the database's place first. */
  restore: string | null
}

/** The running application: what the entries need of it. */
export interface App {
  router: Router
  panelRouter: PanelRouter
  http: HttpDoor
  logger: Logger
  close(): Promise<void>
}

/**
 * Puts everything together. The caller owns the data folder.
 *
 * @throws LightNodeError what `openData` throws; KEY_UNAVAILABLE, PORT_TAKEN
 */
export async function createApp(options: AppOptions): Promise<App> {
  const { dataDir, mode, keyring } = options
  const now = Date.now
  const logger = createLogger(dataDir, process.env.LIGHTNODE_LOG_LEVEL ?? 'info')
  const database = await openData(options, now())
  try {
    const { installationId, key } = await identify(database, dataDir, keyring, now())
    const watch = watchEngine({
      discover: (signal) => discoverEngine({ ...surroundings(), signal }),
      onError: (error) => logger.error({ err: error }, 'watching the engine'),
    })
    const addresses = await ownAddresses()
    let http: HttpDoor | null = null
    const core = createCore({
      ...{ database, key, keyring, watch, logger, now, fetch },
      info: appInfo(options, installationId),
      image: options.image,
      addresses: addresses.length > 0 ? addresses : [LOOPBACK],
      refuseLost: watchPlace(join(dataDir, 'lightnode.db')),
      panelUrl: (serverId) => http?.panelUrl(serverId) ?? null,
    })
    const router = createRouter(core)
    const panelRouter = createPanelRouter(core)
    const remembered = Number(getSetting(database, 'http.port') ?? 0)
    http = await openHttpDoor({
      ...{ router, panelRouter, database, logger, now },
      verifyPanel: async (...credentials) => core.servers.verifyPanel(...credentials),
      worldFile: (id) => core.worlds.file(id),
      rendererDir: options.rendererDir,
      ports: [options.port ?? remembered],
      exactPort: options.port !== null,
      operator: mode === 'browser',
    })
    setSetting(database, 'http.port', String(http.port))
    const door = http
    const endBackups = keepBackedUp({
      ...{ database, dataDir, now },
      onDone: ({ name, bytes }) => logger.info({ name, bytes }, 'backed up'),
      onError: (error) => logger.error({ err: error }, 'the backup failed'),
    })
    // Not waited for: the window opens while the engine is still being looked for.
    core.start().catch((error: unknown) => logger.error({ err: error }, 'the core did not start'))
    logger.info({ mode, dataDir, installationId, url: door.url }, 'started')

    return {
      ...{ router, panelRouter, http: door, logger },
      async close() {
        await door.close()
        await core.stop()
        await endBackups()
        database.close()
        logger.info('closed')
      },
    }
  } catch (error) {
    database.close()
    throw error
  }
}

function appInfo(options: AppOptions, installationId: string): AppInfo {
  return {
    version: options.version,
    mode: options.mode,
    platform: process.platform,
    dataDir: options.dataDir,
    installationId,
    clipboardClears: options.clipboard !== null,
    demo: options.demo,
  }
}

function surroundings() {
  const uid = process.getuid?.()
  return { env: process.env, platform: process.platform, home: homedir(), ...(uid !== undefined && { uid }) }
}
