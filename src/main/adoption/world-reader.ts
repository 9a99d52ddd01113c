import type { ServerType } from '../../shared/fields.ts'
import type { Engine } from '../engine/types.ts'
import { DATA_DIR, imageReference } from '../game/image.ts'
import { randomId } from '../provisioning/names.ts'
import { hasFiles, readContainerFile } from '../provisioning/read-files.ts'
import { helperLabels } from '../servers/labels.ts'
import { propertyOf } from './container-password.ts'
import { versionOfWorld } from './game-version.ts'

/** What a world tells of the game that wrote it. */
export interface WorldFacts {
  /** VANILLA when nothing says otherwise. */
  type: ServerType
  version: string | null
}

export interface WorldReaderDeps {
  installationId: string
  /** The image setting. */
  image(): string
}

/** Versions of which each needs another tag of the image: one of them may be there. */
const versions = ['LATEST', '26.1', '1.21', '1.20.4', '1.17', '1.16']
/** Files that a type of game makes for itself, the more special first. */
const marks: readonly [file: string, type: ServerType][] = [
  ['purpur.yml', 'PURPUR'],
  ['config/paper-global.yml', 'PAPER'],
  ['paper.yml', 'PAPER'],
  ['spigot.yml', 'SPIGOT'],
]

/**
 * Reads a volume's world through a container that is never started. What a crash leaves of it is found by its label.
 *
 * @returns null when no image is there to make one from
 * @throws EngineError
 */
export async function readVolume(
  deps: WorldReaderDeps,
  engine: Engine,
  volume: string,
  serverId: string,
): Promise<WorldFacts | null> {
  const image = await findImage(deps, engine)
  if (image === null) return null
  const { id } = await engine.createContainer({
    ...{ name: `${volume}-helper-${randomId().slice(0, 6)}`, image, env: {}, ports: [], capabilities: [] },
    labels: helperLabels(deps.installationId, serverId),
    mount: { type: 'volume', source: volume, target: DATA_DIR },
    ...{ memoryBytes: 64 * 1024 ** 2, pidsLimit: 64, stopTimeoutSeconds: 1 },
  })
  try {
    return await readWorld(engine, id)
  } finally {
    await engine.removeContainer(id).catch(() => {})
  }
}

async function findImage(deps: WorldReaderDeps, engine: Engine): Promise<string | null> {
  for (const version of versions) {
    const image = imageReference(deps.image(), version)
    if (await engine.hasImage(image)) return image
  }
  return null
}

async function readWorld(engine: Engine, containerId: string): Promise<WorldFacts> {
  const file = (name: string) => readContainerFile(engine, containerId, `${DATA_DIR}/${name}`)
  const properties = await file('server.properties')
  const level = (properties && propertyOf(properties.toString('utf8'), 'level-name')) || 'world'
  const world = await file(`${level}/level.dat`)
  const version = world && (await versionOfWorld(world))
  for (const [name, type] of marks) if ((await file(name)) !== null) return { type, version }
  // One with mods is not started as a game without: that would take from the world what they made.
  return { type: (await hasFiles(engine, containerId, `${DATA_DIR}/mods`)) ? 'CUSTOM' : 'VANILLA', version }
}
