import { setTimeout as delay } from 'node:timers/promises'
import { describeHolder } from '../../shared/describe.ts'
import { LightNodeError } from '../../shared/errors.ts'
import type { Database } from '../database/open.ts'
import { findServer, type ServerRow, updateServer } from '../database/servers.ts'
import type { Engine, EngineError } from '../engine/types.ts'
import { resolvedVersionFromPing } from '../game/image.ts'
import { resolveVersion } from '../game/versions.ts'
import type { RecordActivity } from '../observe/activity.ts'
import type { Logger } from '../observe/logger.ts'
import type { CredentialStore } from '../servers/credentials.ts'
import { findOwnContainer, isAsFound } from '../servers/own-container.ts'
import { checkMemory } from './capacity.ts'
import {
  type ContainerDeps,
  ensureContainer,
  imageOf,
  isPortTaken,
  type ReadyContainer,
} from './launch-container.ts'
import { refuseEmptyFolder } from './make-way.ts'
import type { PortReplacer } from './replace-port.ts'
import { dropReplaced } from './replaced-container.ts'
import { launchError, type RunLog } from './run-log.ts'
import { verify } from './verify.ts'

const PORT_RETRY_MS = 5000

export interface LaunchDeps extends ContainerDeps {
  database: Database
  credentials: CredentialStore
  ports: PortReplacer
  activity: RecordActivity
  logger: Logger
  /** The engine's memory in bytes and the heaps promised to the other servers that were launched. */
  memory(server: ServerRow): { totalBytes: number | null; promisedMb: number[] }
  /** Runs work of the engine's; only so many at a time. */
  slot<T>(work: () => Promise<T>): Promise<T>
  fetch: typeof globalThis.fetch
  verifyLimitMs: number
}

export interface Launch {
  serverId: string
  engine: Engine
  log: RunLog
  /** After PORT_TAKEN: wait for the holder to let go, instead of failing. */
  waitForPort: boolean
  signal: AbortSignal
}

/**
 * Brings a server Online: image, container, start, verify. Every step is safe to repeat, so a run that was
 * cut off begins again from the top.
 *
 * @throws LightNodeError when the run has failed for good; EngineError when the engine went away or refused
 */
export async function launch(deps: LaunchDeps, run: Launch): Promise<void> {
  refuseOvercommit(deps, current(deps, run))
  await provideImage(deps, run)
  for (;;) {
    run.signal.throwIfAborted()
    const container = await startContainer(deps, run)
    if (container === null) continue
    const version = await verifyGame(deps, run, container.id)
    if (pinVersion(deps, run, version, container.asFound) && !container.asFound) {
      run.log.again()
      // Another version may need another tag of the image.
      await provideImage(deps, run)
      continue
    }
    if (!container.asFound) await run.engine.setRestartPolicy(container.id, 'unless-stopped')
    run.log.online(current(deps, run))
    await forgetReplaced(deps, run)
    return
  }
}

/** It is Online, whatever comes of this: the next full look does what is left. */
async function forgetReplaced(deps: LaunchDeps, run: Launch): Promise<void> {
  try {
    await dropReplaced(deps, run.engine, current(deps, run))
  } catch (error) {
    deps.logger.warn({ serverId: run.serverId, err: error }, 'the container of before is still there')
  }
}

function current(deps: LaunchDeps, run: Launch): ServerRow {
  const server = findServer(deps.database, run.serverId)
  if (!server) throw new LightNodeError('NOT_FOUND')
  return server
}

/** Servers that were reserved while no engine answered were not held against its memory then. */
function refuseOvercommit(deps: LaunchDeps, server: ServerRow): void {
  if (server.containerId !== null) return
  const { totalBytes, promisedMb } = deps.memory(server)
  checkMemory(server.memoryMb, totalBytes, promisedMb)
}

async function provideImage(deps: LaunchDeps, run: Launch): Promise<void> {
  const { log, engine } = run
  const server = current(deps, run)
  log.status(server.firstOnlineAt === null ? 'provisioning' : 'starting')
  log.step('image', 'running', 'Looking up the version')
  if (server.resolvedVersion === null && server.adopted === 0) {
    const resolvedVersion = await resolveVersion({ ...server, fetch: deps.fetch })
    if (resolvedVersion) updateServer(deps.database, server.id, { resolvedVersion })
  }
  const image = imageOf(current(deps, run), deps.image())
  if (await usesFound(deps, engine, current(deps, run))) {
    log.step('image', 'done', 'Kept as it was found')
    return
  }
  if (!(await engine.hasImage(image))) {
    log.step('image', 'running', `Pulling ${image}`)
    await engine.pullImage(image, log.progress, run.signal)
  }
  log.step('image', 'done', image)
}

/** A container that was adopted and is there runs on what it was made from. */
async function usesFound(deps: LaunchDeps, engine: Engine, server: ServerRow): Promise<boolean> {
  if (server.adopted === 0) return false
  const container = await findOwnContainer(engine, server, deps.installationId)
  return container !== null && isAsFound(container, server.id, deps.installationId)
}

/** @returns null when a port is held by someone else and the start has to be tried again */
async function startContainer(deps: LaunchDeps, run: Launch): Promise<ReadyContainer | null> {
  const server = current(deps, run)
  const { container, refusal } = await deps.slot(async () => {
    run.log.step('container', 'running', 'Making the container')
    const container = await ensureContainer(deps, run.engine, server, deps.credentials.rconPassword(server))
    showWarnings(deps, server, container.warnings)
    await refuseEmptyFolder(run.engine, server, container.id)
    const { containerName } = current(deps, run)
    run.log.step('container', 'done', [containerName, ...container.warnings].join(' · '))
    run.log.status('starting')
    run.log.step('start', 'running', `Starting on port ${server.port}`)
    return { container, refusal: await tryStart(run.engine, container) }
  })
  if (refusal) {
    await portLost(deps, run, server, refusal)
    return null
  }
  run.log.step('start', 'done', `Port ${server.port}`)
  return container
}

/** @returns the engine's refusal when a port is held by someone else */
async function tryStart(engine: Engine, { id, asFound }: ReadyContainer): Promise<EngineError | null> {
  try {
    // Until it is verified a failed one must not loop.
    if (!asFound) await engine.setRestartPolicy(id, 'no')
    await engine.startContainer(id)
    return null
  } catch (error) {
    if (isPortTaken(error)) return error
    throw error
  }
}

function showWarnings(deps: LaunchDeps, server: ServerRow, warnings: readonly string[]): void {
  for (const warning of warnings)
    deps.activity({
      serverId: server.id,
      serverName: server.name,
      level: 'warning',
      action: 'engine.warning',
      message: `The engine warns about ${server.name}: ${warning}`,
    })
}

/**
 * Before the first Online the next port is taken; afterwards, and for what was adopted, a port never changes by
 * itself.
 *
 * @throws LightNodeError PORT_TAKEN, POOL_EXHAUSTED
 */
async function portLost(
  deps: LaunchDeps,
  run: Launch,
  server: ServerRow,
  refusal: EngineError,
): Promise<void> {
  const lost = await deps.ports.lostPorts(server)
  // An adopted container has the port it was made with.
  if (server.addressOpen === 1 || (server.firstOnlineAt === null && server.adopted === 0)) {
    // A holder that shows itself to nobody but the engine: its words say which port.
    const named = refusal.port === server.rconPort ? 'rcon' : 'game'
    await deps.ports.replace(server, lost.length > 0 ? lost.map(({ purpose }) => purpose) : [named])
    run.log.step('start', 'pending', `Port ${server.port} was taken in the last moment; taking the next`)
    return
  }
  const named = lost.map(
    ({ port, holder }) => `port ${port} is held by ${holder ? describeHolder(holder) : 'another'}`,
  )
  const message = named.join(' and ') || `port ${server.port} or ${server.rconPort} is held by something else`
  const sentence = `${message.charAt(0).toUpperCase()}${message.slice(1)}.`
  if (!run.waitForPort) throw launchError('PORT_TAKEN', sentence)
  run.log.step('start', 'waiting', `${sentence} Starts as soon as it is free.`)
  await delay(PORT_RETRY_MS, undefined, { signal: run.signal })
}

/** @returns the version that the game answers with */
async function verifyGame(deps: LaunchDeps, run: Launch, containerId: string): Promise<string> {
  const server = current(deps, run)
  run.log.step('verify', 'running', 'Waiting for the game to answer')
  const ping = await verify({
    engine: run.engine,
    containerId,
    server,
    password: deps.credentials.rconPassword(server),
    limitMs: deps.verifyLimitMs,
    signal: run.signal,
    // Not the wall clock: it may be set, and a machine that slept has not waited.
    now: () => performance.now(),
    onWaiting: (detail) => run.log.step('verify', 'running', detail),
  })
  return ping.versionName
}

/**
 * LATEST that only the running game could resolve is written into a new container: a restart must not
 * upgrade a world. An adopted container goes on as it is: what it runs is written down for the one that may take its
 * place.
 *
 * @returns true when the container has to be made again
 */
function pinVersion(deps: LaunchDeps, run: Launch, versionName: string, asFound: boolean): boolean {
  const server = current(deps, run)
  const fixed = server.version !== 'LATEST' && server.version !== 'SNAPSHOT'
  if (server.resolvedVersion !== null && !(asFound && !fixed)) return false
  const resolvedVersion = resolvedVersionFromPing(versionName)
  if (resolvedVersion === null) {
    const message = `${server.name} answers with a version that LightNode can't read (${versionName}); it stays on ${server.version}.`
    if (server.resolvedVersion === null)
      deps.activity({
        serverId: server.id,
        serverName: server.name,
        level: 'warning',
        action: 'server.version',
        message,
      })
    return false
  }
  updateServer(deps.database, server.id, { resolvedVersion })
  return true
}
