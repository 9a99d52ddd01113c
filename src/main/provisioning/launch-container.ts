import type { Database } from '../database/open.ts'
import { type ServerRow, updateServer } from '../database/servers.ts'
import { type ContainerSpec, type ContainerState, type Engine, EngineError } from '../engine/types.ts'
import {
  CAPABILITIES,
  DATA_DIR,
  GAME_PORT,
  gameEnvironment,
  IMAGE_USER,
  imageReference,
  memoryLimitBytes,
  PASSWORD_FILE,
  PASSWORD_FILE_MODE,
  RCON_PORT,
  STOP_TIMEOUT_SECONDS,
} from '../game/image.ts'
import type { Secret } from '../secrets/secret.ts'
import { labelsOf } from '../servers/labels.ts'
import { findOwnContainer, isAsFound } from '../servers/own-container.ts'
import { makeWay } from './make-way.ts'
import { launchError } from './run-log.ts'

/** Java, the image's helpers and their threads; far below what a fork bomb needs. */
const PIDS_LIMIT = 2048
/** Names of the user's variables: one that is taken away can't be told from the image's own otherwise. */
const VARIABLES_LABEL = 'org.lightnode.variables'

export interface ContainerDeps {
  database: Database
  installationId: string
  /** The image setting. */
  image(): string
}

/** The Minecraft version that the container is made with. */
function versionOf(server: ServerRow): string {
  return server.resolvedVersion ?? server.version
}

/** A server with a world keeps what it runs on; until then the image setting counts. */
export function imageOf(server: ServerRow, setting: string): string {
  if (server.firstOnlineAt !== null && server.image !== null) return server.image
  return imageReference(setting, versionOf(server))
}

/** Everything a server's container is made of. RCON is published on loopback: its protocol is plain text. */
export function containerSpec(server: ServerRow, image: string, installationId: string): ContainerSpec {
  return {
    name: server.containerName,
    image,
    labels: { ...labelsOf(installationId, server.id), ...variablesLabel(server) },
    env: gameEnvironment({ ...server, version: versionOf(server) }),
    ports: [
      { containerPort: GAME_PORT, protocol: 'tcp', hostIp: '', hostPort: server.port },
      { containerPort: GAME_PORT, protocol: 'udp', hostIp: '', hostPort: server.port },
      { containerPort: RCON_PORT, protocol: 'tcp', hostIp: '127.0.0.1', hostPort: server.rconPort },
    ],
    mount: { type: server.mountType, source: server.volumeName, target: DATA_DIR },
    memoryBytes: memoryLimitBytes(server.memoryMb),
    pidsLimit: PIDS_LIMIT,
    capabilities: [...CAPABILITIES],
    stopTimeoutSeconds: STOP_TIMEOUT_SECONDS,
  }
}

/** The container that a launch goes on with. */
export interface ReadyContainer {
  id: string
  /** The engine's warnings about a new one. */
  warnings: string[]
  /** Adopted, and as it was found: LightNode changes nothing about it. */
  asFound: boolean
}

function variablesLabel(server: ServerRow): Record<string, string> {
  const names = Object.keys(JSON.parse(server.environment) as Record<string, string>).sort()
  return names.length === 0 ? {} : { [VARIABLES_LABEL]: names.join(' ') }
}

/** The container that a launch goes on with. */
export interface ReadyContainer {
  id: string
  /** The engine's warnings about a new one. */
  warnings: string[]
  /** Adopted, and as it was found: LightNode changes nothing about it. */
  asFound: boolean
}

/**
 * Makes the server's container, or keeps the one that is there and whole. One of ours that is half-made or
 * is not made of what is asked for is removed first; the world lives in the volume. One that was adopted is kept as
 * it is; where its record is gone a new one takes its place.
 *
 * @throws LightNodeError VOLUME_MISSING for a server that had a world, EULA_REFUSED for one whose EULA nobody has
 *   accepted; EngineError
 */
export async function ensureContainer(
  deps: ContainerDeps,
  engine: Engine,
  server: ServerRow,
  password: Secret,
): Promise<ReadyContainer> {
  const { database, installationId } = deps
  const existing = await findOwnContainer(engine, server, installationId)
  if (existing && isAsFound(existing, server.id, installationId))
    return { id: existing.id, warnings: [], asFound: true }
  if (server.eulaAcceptedAt === 0) throw launchError('EULA_REFUSED')
  const named = server.adopted === 1 ? await makeWay(database, engine, server) : server
  const spec = containerSpec(named, imageOf(named, deps.image()), installationId)
  if (existing) {
    if (isWhole(existing, named, spec)) {
      // What was changed may have been changed back.
      if (named.restartNeeded === 1) updateServer(database, named.id, { restartNeeded: 0 })
      return { id: existing.id, warnings: [], asFound: false }
    }
    // Only what somebody else made is kept for a way back: ours is made again at any time.
    if (existing.id === named.replacedContainerId)
      updateServer(database, named.id, { replacedContainerId: null })
    await removeOwn(engine, existing)
  }
  const stranger = await engine.inspectContainer(spec.name)
  if (stranger && stranger.id !== existing?.id)
    throw launchError('ENGINE_REFUSED', `A container called ${spec.name} exists that LightNode did not make.`)
  await ensureVolume(engine, named, labelsOf(installationId, named.id))
  const created = await engine.createContainer(spec).catch(unlessFolderMissing(named))
  await engine.putFile(created.id, {
    path: PASSWORD_FILE,
    content: password.reveal(),
    uid: IMAGE_USER,
    gid: IMAGE_USER,
    mode: PASSWORD_FILE_MODE,
  })
  // Written last: a container without this record may lack its password and is made anew.
  updateServer(database, named.id, {
    ...{ containerId: created.id, image: spec.image, restartNeeded: 0 },
    // Ours publishes RCON on loopback, whatever the one before it did.
    rconVia: 'port',
  })
  return { ...created, asFound: false }
}

/** Whether it is made of what the record says. */
function isWhole(existing: ContainerState, server: ServerRow, spec: ContainerSpec): boolean {
  const samePorts = spec.ports.every((wanted) =>
    existing.ports.some(
      ({ containerPort, protocol, hostPort }) =>
        containerPort === wanted.containerPort &&
        protocol === wanted.protocol &&
        hostPort === wanted.hostPort,
    ),
  )
  const { type, source, target } = spec.mount
  const sameMount = existing.mounts.some(
    (mount) => mount.target === target && mount.type === type && mount.source === source,
  )
  return (
    existing.id === server.containerId &&
    samePorts &&
    sameMount &&
    existing.image === spec.image &&
    existing.memoryBytes === spec.memoryBytes &&
    sameVariables(existing, server, spec)
  )
}

function sameVariables(existing: ContainerState, server: ServerRow, spec: ContainerSpec): boolean {
  const own = JSON.parse(server.environment) as Record<string, string>
  // What the game says of itself follows the name, which changes while the container stays.
  const names = Object.keys(spec.env).filter((name) => name !== 'MOTD' || Object.hasOwn(own, name))
  return (
    existing.labels[VARIABLES_LABEL] === spec.labels[VARIABLES_LABEL] &&
    names.every((name) => existing.env[name] === spec.env[name])
  )
}

async function removeOwn(engine: Engine, container: ContainerState): Promise<void> {
  await stopAlive(engine, container)
  await engine.removeContainer(container.id)
}

async function stopAlive(engine: Engine, { id, status }: ContainerState): Promise<void> {
  if (['running', 'restarting', 'paused'].includes(status))
    await engine.stopContainer(id, STOP_TIMEOUT_SECONDS)
}

/** An empty volume is made for a server that was never Online, and for no other; a folder of the host never. */
async function ensureVolume(
  engine: Engine,
  server: ServerRow,
  labels: Record<string, string>,
): Promise<void> {
  if (server.mountType === 'bind' || (await engine.hasVolume(server.volumeName))) return
  if (server.firstOnlineAt !== null)
    throw launchError('VOLUME_MISSING', `The volume ${server.volumeName} with this server's world is gone.`)
  await engine.createVolume(server.volumeName, labels)
}

function unlessFolderMissing(server: ServerRow): (error: unknown) => never {
  return (error) => {
    if (
      server.mountType === 'bind' &&
      error instanceof EngineError &&
      /bind source path/i.test(error.message)
    )
      throw launchError('VOLUME_MISSING', `The folder ${server.volumeName} with this server's world is gone.`)
    throw error
  }
}

/** True for a start that another holder of a port refused. */
export function isPortTaken(error: unknown): error is EngineError {
  return error instanceof EngineError && error.kind === 'port-taken'
}
