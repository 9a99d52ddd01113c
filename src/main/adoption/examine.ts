import { LightNodeError } from '../../shared/errors.ts'
import { findPortRecord, findWorldOwner } from '../database/adoption.ts'
import { findPool } from '../database/hosts.ts'
import type { Database } from '../database/open.ts'
import { findServer, listMemory, type ServerRow } from '../database/servers.ts'
import type { ContainerState, Engine } from '../engine/types.ts'
import { DATA_DIR } from '../game/image.ts'
import { freeHeapMb } from '../provisioning/capacity.ts'
import { readContainerFile } from '../provisioning/read-files.ts'
import type { Secret } from '../secrets/secret.ts'
import { LOCAL } from '../servers/hosts.ts'
import { isLightNodes } from '../servers/labels.ts'
import { findOwnContainer } from '../servers/own-container.ts'
import { findPassword, propertyOf } from './container-password.ts'
import { versionOfWorld } from './game-version.ts'
import { type ReadContainer, readContainer, refusalOf } from './read-container.ts'

/** Everything that is read of a container before it is written down; nothing is changed by it. */
export interface Examined extends ReadContainer {
  state: ContainerState
  password: Secret | null
  /** It has been started before: there is something to lose. */
  hasWorld: boolean
  resolvedVersion: string | null
}

/**
 * @param totalBytes the engine's memory; null while unknown
 * @throws LightNodeError NOT_ADOPTABLE by what it is made of; EngineError
 */
export async function examine(
  engine: Engine,
  state: ContainerState,
  totalBytes: number | null,
): Promise<Examined> {
  const refusal = refusalOf(state)
  if (refusal) throw new LightNodeError('NOT_ADOPTABLE', refusal)
  const read = readContainer(state, totalBytes)
  // Ours follows the name.
  if (isLightNodes(state.labels)) delete read.environment.MOTD
  const file = (name: string) => readContainerFile(engine, state.id, `${DATA_DIR}/${name}`)
  const properties = await file('server.properties')
  const level = (properties && propertyOf(properties.toString('utf8'), 'level-name')) || 'world'
  const world = await file(`${level}/level.dat`)
  const password = await findPassword(engine, state, properties)
  const fixed = read.version !== 'LATEST' && read.version !== 'SNAPSHOT'
  return {
    ...{ ...read, state, password },
    hasWorld: properties !== null || world !== null,
    resolvedVersion: fixed ? read.version : world && (await versionOfWorld(world)),
    eula: read.eula || /^eula=true\s*$/im.test((await file('eula.txt'))?.toString('utf8') ?? ''),
    notes: password || read.rconOff ? read.notes : [...read.notes, unknownPassword],
  }
}

const unknownPassword =
  'Its RCON password was not found: commands go through the container, and a new one is made for a new container.'

/** What the records say to it. */
export interface Standing {
  /** Why it can't be adopted; null when it can. */
  refusal: string | null
  /** The adopted server whose container is gone, and that this one has the world of. */
  rebinds: ServerRow | null
}

/**
 * @param own the server that the container is to be of again; null for any
 * @throws EngineError
 */
export async function standingOf(
  deps: { database: Database; installationId: string },
  engine: Engine,
  read: Pick<ReadContainer, 'mount' | 'port' | 'rconPort'>,
  own: ServerRow | null,
): Promise<Standing> {
  const { database } = deps
  const world = own ? { refusal: null, rebinds: own } : await worldStanding(deps, engine, read.mount.source)
  if (world.refusal !== null) return world
  for (const port of [read.port, read.rconPort]) {
    const holder = port === null ? null : (findPortRecord(database, LOCAL, port)?.server ?? null)
    if (holder && holder.id !== world.rebinds?.id)
      return {
        refusal: `Port ${port} belongs to ${holder.name}${holder.inBin ? ', which is in the bin' : ''}.`,
        rebinds: null,
      }
  }
  return world
}

async function worldStanding(
  { database, installationId }: { database: Database; installationId: string },
  engine: Engine,
  source: string,
): Promise<Standing> {
  const owner = findWorldOwner(database, source)
  const refused = (refusal: string) => ({ refusal, rebinds: null })
  if (!owner) return { refusal: null, rebinds: null }
  if (owner.earlier) return refused(`Its world is an earlier one of ${owner.name}.`)
  if (owner.inBin) return refused(`Its world is that of ${owner.name}, which is in the bin.`)
  const server = findServer(database, owner.id)
  if (!server || !owner.adopted) return refused(`Its world is that of ${owner.name}.`)
  const { replacedContainerId } = server
  const container =
    (await findOwnContainer(engine, server, installationId)) ??
    (replacedContainerId === null ? null : await engine.inspectContainer(replacedContainerId))
  return container
    ? refused(`Its world is that of ${owner.name}, whose container is ${container.name}.`)
    : { refusal: null, rebinds: server }
}

/** What the host has to say to it, in sentences. */
export function hostNotes(
  database: Database,
  { port, memoryMb }: Pick<ReadContainer, 'port' | 'memoryMb'>,
  totalBytes: number | null,
): string[] {
  const notes: string[] = []
  const { first, last } = findPool(database, LOCAL, 'game')
  if (port < first || port > last)
    notes.push(`Port ${port} lies outside the pool (${first}-${last}); it is kept.`)
  if (totalBytes !== null && memoryMb > freeHeapMb(totalBytes, listMemory(database, LOCAL)))
    notes.push('It was given more memory than the engine has left beside the other servers.')
  return notes
}
