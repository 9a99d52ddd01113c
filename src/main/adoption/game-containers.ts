import PQueue from 'p-queue'
import { findContainerRecord } from '../database/leftovers.ts'
import type { Database } from '../database/open.ts'
import { type ContainerState, type ContainerSummary, type Engine, EngineError } from '../engine/types.ts'
import { DATA_DIR, GAME_PORT } from '../game/image.ts'
import { HELPER_LABEL, isLightNodes, isOurs, serverOf } from '../servers/labels.ts'

/** `orphan`: ours, and without a record; `foreign`: another LightNode's; `other`: made by hand or by compose. */
export type FoundKind = 'orphan' | 'foreign' | 'other'

export interface GameContainersDeps {
  database: Database
  installationId: string
}

/** Tells game containers that no server of ours stands for from all others. */
export interface GameContainers {
  /** What it is by its labels; null for what is a server's of ours, or no game. */
  kindOf(labels: Record<string, string>): FoundKind | null
  /** The games among the containers, inspected. @throws EngineError */
  find(engine: Engine, containers: readonly ContainerSummary[]): Promise<FoundGame[]>
}

export interface FoundGame {
  kind: FoundKind
  summary: ContainerSummary
  state: ContainerState
}

export function createGameContainers({ database, installationId }: GameContainersDeps): GameContainers {
  /** Whether a container is a game: nothing that this is told by changes in its life. */
  const known = new Map<string, boolean>()
  const queue = new PQueue({ concurrency: 8 })

  function kindOf(labels: Record<string, string>): FoundKind | null {
    if (labels[HELPER_LABEL] !== undefined) return null
    if (!isLightNodes(labels)) return 'other'
    if (!isOurs(labels, installationId)) return 'foreign'
    const serverId = serverOf(labels, installationId)
    return serverId !== null && findContainerRecord(database, serverId) === null ? 'orphan' : null
  }

  async function look(engine: Engine, summary: ContainerSummary): Promise<FoundGame | null> {
    const kind = kindOf(summary.labels)
    if (kind === null || known.get(summary.id) === false) return null
    const state = await queue.add(() => inspected(engine, summary.id))
    if (!state) return null
    const isGame = kind !== 'other' || looksLikeGame(state)
    known.set(summary.id, isGame)
    return isGame ? { kind, summary, state } : null
  }

  return {
    kindOf,
    async find(engine, containers) {
      const present = new Set(containers.map(({ id }) => id))
      for (const id of known.keys()) if (!present.has(id)) known.delete(id)
      const found = await Promise.all(containers.map((summary) => look(engine, summary)))
      return found.filter((one) => one !== null)
    },
  }
}

/** One that does not answer, as while its files are copied, is left out of this look. */
async function inspected(engine: Engine, id: string): Promise<ContainerState | null> {
  try {
    return await engine.inspectContainer(id)
  } catch (error) {
    if (error instanceof EngineError && error.kind === 'timeout') return null
    throw error
  }
}

/**
 * The game's image by its name, whoever made it and wherever it comes from; else by its contract: it asks for the
 * EULA, and has the game's port or the data folder. The game's other edition has neither its port nor its protocol.
 */
function looksLikeGame({ image, env, mounts, ports }: ContainerState): boolean {
  if (/bedrock/i.test(image)) return false
  if (/minecraft-server/i.test(image)) return true
  return (
    env.EULA !== undefined &&
    (mounts.some(({ target }) => target === DATA_DIR) ||
      ports.some(({ containerPort, protocol }) => containerPort === GAME_PORT && protocol === 'tcp'))
  )
}
