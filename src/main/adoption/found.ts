import type { Adoption, Found, FoundContainer } from '../../shared/adoption.ts'
import type { Server } from '../../shared/model.ts'
import { knownContainers } from '../database/adoption.ts'
import type { Engine } from '../engine/types.ts'
import { toLightNodeError } from '../servers/engine-error.ts'
import { serverOf } from '../servers/labels.ts'
import { type AdoptDeps, createAdoption } from './adopt.ts'
import { standingOf } from './examine.ts'
import { createGameContainers, type FoundGame } from './game-containers.ts'
import { composeProjectOf, readContainer, refusalOf } from './read-container.ts'
import { createLostVolumes } from './volumes.ts'

/** Containers and volumes that no server of ours stands for, and how to take them over. */
export interface FoundService {
  /** @throws LightNodeError ENGINE_* */
  list(): Promise<Found>
  /** What adopting it would write down. @throws LightNodeError NOT_FOUND, NOT_ADOPTABLE, ENGINE_* */
  preview(containerId: string): Promise<Adoption>
  /**
   * Writes it down; nothing is restarted or changed. One with the world of an adopted server whose container is gone
   * becomes that server's again, under the name that it has.
   *
   * @throws as `preview`; LightNodeError NAME_TAKEN, POOL_EXHAUSTED, BUSY
   */
  adopt(containerId: string, name: string | undefined, actor: string): Promise<Server>
  /**
   * A new record for a volume of ours.
   *
   * @throws LightNodeError NOT_FOUND, NOT_ADOPTABLE while a container has it, NAME_TAKEN, EULA_REQUIRED, POOL_EXHAUSTED
   */
  adoptVolume(
    input: { volume: string; name: string; memory: number; acceptEula: boolean },
    actor: string,
  ): Promise<Server>
  /** For good. @throws LightNodeError NOT_FOUND, INVALID_INPUT for another name, ENGINE_* */
  removeVolume(volume: string, confirm: string, actor: string): Promise<void>
}

export type FoundDeps = Omit<AdoptDeps, 'games'>

export function createFound(options: FoundDeps): FoundService {
  const { database, installationId, binding } = options
  const games = createGameContainers(options)
  const deps: AdoptDeps = { ...options, games }
  const { preview, adopt } = createAdoption(deps)
  const volumes = createLostVolumes(deps)

  async function listContainers(engine: Engine): Promise<FoundContainer[]> {
    const known = knownContainers(database)
    const strangers = (await engine.listContainers()).filter(({ id }) => !known.has(id))
    const found = await games.find(engine, strangers)
    const shown = await Promise.all(found.map((game) => show(engine, game)))
    return shown.sort((a, b) => a.name.localeCompare(b.name))
  }

  async function show(engine: Engine, { kind, summary, state }: FoundGame): Promise<FoundContainer> {
    const { id, name, running, hostPorts } = summary
    return {
      ...{ id, name, running, kind, image: state.image, ports: hostPorts },
      composeProject: composeProjectOf(state.labels),
      refusal:
        kind === 'foreign'
          ? 'It belongs to another LightNode.'
          : (refusalOf(state) ?? (await standingOf(deps, engine, readContainer(state, null), null)).refusal),
    }
  }

  return {
    ...{ preview, adopt },
    adoptVolume: volumes.adopt,
    removeVolume: volumes.remove,
    async list() {
      const engine = binding.engine()
      try {
        const containers = await listContainers(engine)
        const lost = await volumes.list(engine)
        return {
          containers,
          volumes: await Promise.all(
            lost.map(async ({ name, labels, createdAt }) => ({
              ...{ name, createdAt, serverId: serverOf(labels, installationId) ?? '' },
              bytes: await engine.volumeUsage(name).catch(() => null),
            })),
          ),
        }
      } catch (error) {
        throw toLightNodeError(error)
      }
    },
  }
}
