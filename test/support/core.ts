import { randomBytes } from 'node:crypto'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { createCore, type RunningCore } from '../../src/main/core.ts'
import { type Database, openDatabase } from '../../src/main/database/open.ts'
import { discoverEngine } from '../../src/main/engine/connect.ts'
import type { EngineWatch } from '../../src/main/engine/types.ts'
import { watchEngine } from '../../src/main/engine/watch.ts'
import { identify } from '../../src/main/installation.ts'
import { createLogger } from '../../src/main/observe/logger.ts'
import type { CreateServerInput, Server } from '../../src/shared/model.ts'
import { createServerInputSchema } from '../../src/shared/model.ts'
import { ownAddress, removeInstallation } from './docker.ts'

export interface TestCore {
  core: RunningCore
  database: Database
  dataDir: string
  installationId: string
  /** Waits until the server is as wanted. @throws Error with the server as it is, after the limit */
  until(id: string, wanted: (server: Server) => boolean, limitMs?: number): Promise<Server>
  /** Stops the core, and leaves folder, containers and volumes for the next one in the same folder. */
  stop(): Promise<void>
  /** Stops, and removes all that this installation made. */
  destroy(): Promise<void>
}

export interface TestCoreOptions {
  image?: string
  dataDir?: string
  watch?: EngineWatch
  verifyLimitMs?: number
  stopLimitMs?: number
  addresses?: readonly string[]
  now?: () => number
  /** Stands between the core and its database. */
  wrapDatabase?: (database: Database) => Database
}

/** The real core on a clean data folder; the engine is the machine's unless a watch is given. */
export async function startCore(options: TestCoreOptions = {}): Promise<TestCore> {
  const opened = await openCore(options)
  await opened.core.start()
  return opened
}

/** As `startCore`, but not begun yet. */
export async function openCore(options: TestCoreOptions = {}): Promise<TestCore> {
  const dataDir = options.dataDir ?? (await mkdtemp(join(tmpdir(), 'lightnode-core-')))
  const database = (options.wrapDatabase ?? ((plain) => plain))(openDatabase(join(dataDir, 'lightnode.db')))
  const { installationId, key } = await identify(database, dataDir, null, Date.now())
  const logger = createLogger(dataDir, 'debug')
  const core = createCore({
    database,
    key,
    keyring: null,
    info: {
      version: '0.0.0',
      mode: 'browser',
      platform: process.platform,
      dataDir,
      installationId,
      clipboardClears: false,
      demo: false,
    },
    image: options.image ?? null,
    watch: options.watch ?? localWatch(),
    addresses: options.addresses ?? [ownAddress()],
    panelUrl: (id) => `http://127.0.0.1:1/panel/${id}`,
    logger,
    now: options.now ?? Date.now,
    // No test asks the network which version is newest.
    fetch: () => Promise.reject(new Error('no network in tests')),
    ...(options.verifyLimitMs !== undefined && { verifyLimitMs: options.verifyLimitMs }),
    ...(options.stopLimitMs !== undefined && { stopLimitMs: options.stopLimitMs }),
  })

  async function stop(): Promise<void> {
    await core.stop()
    database.close()
  }

  return {
    ...{ core, database, dataDir, installationId, stop },
    async until(id, wanted, limitMs = 60_000) {
      const deadline = Date.now() + limitMs
      for (;;) {
        const server = core.servers.get(id)
        if (wanted(server)) return server
        if (Date.now() > deadline)
          throw new Error(`Not so in time: ${JSON.stringify(server)}\n${await warnings(dataDir)}`)
        await new Promise((resolve) => setTimeout(resolve, 50))
      }
    },
    async destroy() {
      const working = core.servers.list().some(({ run, task }) => task !== null || run?.endedAt === null)
      await stop()
      await removeInstallation(installationId)
      if (working) {
        // The engine may still be making what it was asked for when the core hung up.
        await new Promise((resolve) => setTimeout(resolve, 500))
        await removeInstallation(installationId)
      }
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}

/** What the log has of warnings and errors. */
async function warnings(dataDir: string): Promise<string> {
  const log = await readFile(join(dataDir, 'logs', 'lightnode.log'), 'utf8')
  return log
    .split('\n')
    .filter((line) => /"level":[456]0/.test(line))
    .join('\n')
}

function localWatch(): EngineWatch {
  return watchEngine({
    discover: (signal) =>
      discoverEngine({ env: process.env, platform: process.platform, home: homedir(), signal }),
  })
}

/** A watch that never finds an engine. */
export function noEngine(): EngineWatch {
  return watchEngine({
    discover: async () => ({ state: 'missing', source: null, endpoint: null, tried: [] }),
  })
}

/** What Create sends, small and with a name of its own. */
export function serverInput(change: Partial<CreateServerInput> = {}): CreateServerInput {
  return createServerInputSchema.parse({
    name: `Test ${randomBytes(4).toString('hex')}`,
    memory: 0.5,
    diskSpace: 1,
    acceptEula: true,
    ...change,
  })
}
