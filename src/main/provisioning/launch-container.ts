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
import { resourceName } from './names.ts'
import { launchError } from './run-log.ts'

/** Java, the image's helpers and their threads; far below what a fork bomb needs. */
const PIDS_LIMIT = 2048

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
    labels: labelsOf(installationId, server.id),
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

/**
 * Makes the server's container, or keeps the one that is there and whole. One of ours that is half-made or
 * has other ports is removed first; the world lives in the volume.
 *
 * @throws LightNodeError VOLUME_MISSING for a server that had a world; EngineError
 */
export async function ensureContainer(
  deps: ContainerDeps,
  engine: Engine,
  row: ServerRow,
  password: Secret,
): Promise<ReadyContainer> {
  const server = withOwnName(deps.database, row)
  const spec = containerSpec(server, imageOf(server, deps.image()), deps.installationId)
  const existing = await findOwnContainer(engine, server, deps.installationId)
  if (existing) {
    const asFound = isAsFound(existing, server.id, deps.installationId)
    if (asFound || isWhole(existing, server, spec)) return { id: existing.id, warnings: [], asFound }
    await removeOwn(engine, existing)
  }
  const stranger = await engine.inspectContainer(spec.name)
  if (stranger && stranger.id !== existing?.id)
    throw launchError('ENGINE_REFUSED', `A container called ${spec.name} exists that LightNode did not make.`)
  await ensureVolume(engine, server, spec)
  await stopReplaced(engine, server)
  const created = await engine.createContainer(spec)
  await engine.putFile(created.id, {
    path: PASSWORD_FILE,
    content: password.reveal(),
    uid: IMAGE_USER,
    gid: IMAGE_USER,
    mode: PASSWORD_FILE_MODE,
  })
  // Written last: a container without this record may lack its password and is made anew.
  updateServer(deps.database, server.id, {
    containerId: created.id,
    image: spec.image,
    restartNeeded: 0,
    rconVia: 'port',
  })
  return { ...created, asFound: false }
}

/** The container that was adopted keeps its name while it is kept, so the one in its place needs another. */
function withOwnName(database: Database, server: ServerRow): ServerRow {
  const containerName = resourceName(server.name, server.id)
  if (server.replacedContainerId === null || server.containerName.endsWith(server.id)) return server
  updateServer(database, server.id, { containerName })
  return { ...server, containerName }
}

/** Two games on one world would destroy it. */
async function stopReplaced(engine: Engine, { replacedContainerId }: ServerRow): Promise<void> {
  const old = replacedContainerId === null ? null : await engine.inspectContainer(replacedContainerId)
  if (!old) return
  // First: a policy that starts it again would do so at the next start of the engine.
  await engine.setRestartPolicy(old.id, 'no')
  await stopAlive(engine, old)
}

function isWhole(existing: ContainerState, server: ServerRow, spec: ContainerSpec): boolean {
  const samePorts = spec.ports.every((wanted) =>
    existing.ports.some(
      ({ containerPort, protocol, hostPort }) =>
        containerPort === wanted.containerPort &&
        protocol === wanted.protocol &&
        hostPort === wanted.hostPort,
    ),
  )
  return (
    existing.id === server.containerId &&
    samePorts &&
    existing.image === spec.image &&
    existing.memoryBytes === spec.memoryBytes &&
    existing.mounts.some(({ source, target }) => source === spec.mount.source && target === DATA_DIR) &&
    Object.entries(spec.env).every(([name, value]) => name === 'MOTD' || existing.env[name] === value)
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

/** An empty volume is made for a server that was never Online, and for no other. */
async function ensureVolume(engine: Engine, server: ServerRow, spec: ContainerSpec): Promise<void> {
  // A folder of the host: the engine refuses one that is missing.
  if (spec.mount.type === 'bind') return
  if (await engine.hasVolume(spec.mount.source)) return
  if (server.firstOnlineAt !== null)
    throw launchError('VOLUME_MISSING', `The volume ${spec.mount.source} with this server's world is gone.`)
  await engine.createVolume(spec.mount.source, spec.labels)
}

/** True for a start that another holder of a port refused. */
export function isPortTaken(error: unknown): error is EngineError {
  return error instanceof EngineError && error.kind === 'port-taken'
}
