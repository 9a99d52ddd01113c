import type { Adoption } from '../../shared/adoption.ts'
import { LightNodeError } from '../../shared/errors.ts'
import { nameSchema } from '../../shared/fields.ts'
import type { Server } from '../../shared/model.ts'
import { knownContainers, listNameKeys } from '../database/adoption.ts'
import { findServer, nameExists } from '../database/servers.ts'
import type { ContainerState } from '../engine/types.ts'
import type { RecordActivity } from '../observe/activity.ts'
import type { EventHub } from '../observe/events.ts'
import type { PortAllocator } from '../provisioning/allocate.ts'
import type { Launcher } from '../provisioning/launcher.ts'
import { nameKey, randomId } from '../provisioning/names.ts'
import type { PortPool } from '../provisioning/port-pool.ts'
import type { EngineBinding } from '../servers/engine-binding.ts'
import { toLightNodeError } from '../servers/engine-error.ts'
import { LOCAL } from '../servers/hosts.ts'
import { serverOf } from '../servers/labels.ts'
import type { Observer } from '../servers/observer.ts'
import type { Tasks } from '../servers/tasks.ts'
import type { ServerViews } from '../servers/view.ts'
import { type Examined, examine, hostNotes, type Standing, standingOf } from './examine.ts'
import { freeName } from './free-name.ts'
import type { GameContainers } from './game-containers.ts'
import { OWNER, type WriteDeps, writeAdoption, writeAgain } from './write.ts'

const MB_PER_GB = 1024

export interface AdoptDeps extends WriteDeps {
  installationId: string
  /** The image setting. */
  image(): string
  binding: EngineBinding
  games: GameContainers
  launcher: Launcher
  tasks: Tasks
  observer: Observer
  views: ServerViews
  allocator: PortAllocator
  pool: PortPool
  activity: RecordActivity
  events: EventHub
  refuseLost?: (() => void) | undefined
}

/** A container that can be adopted, with what is read of it. */
interface Candidate {
  examined: Examined
  rebinds: Standing['rebinds']
  /** The server that it was made for, of one that is ours. */
  orphanOf: string | null
  /** What it would be called. */
  name: string
  notes: string[]
}

/** Takes containers over as they are: all is read, and written down in one transaction. */
export function createAdoption(deps: AdoptDeps) {
  const { database, binding, installationId } = deps

  async function candidate(containerId: string): Promise<Candidate> {
    const engine = binding.engine()
    const totalBytes = binding.usable()?.info.memoryBytes ?? null
    try {
      const state = await engine.inspectContainer(containerId)
      const kind = state && deps.games.kindOf(state.labels)
      if (!state || state.id !== containerId || kind === null || knownContainers(database).has(state.id))
        throw new LightNodeError('NOT_FOUND', 'There is no such container to adopt.')
      if (kind === 'foreign') throw new LightNodeError('NOT_ADOPTABLE', 'It belongs to another LightNode.')
      const examined = await examine(engine, state, totalBytes)
      const { refusal, rebinds } = await standingOf(deps, engine, examined, null)
      if (refusal) throw new LightNodeError('NOT_ADOPTABLE', refusal)
      const orphanOf = serverOf(state.labels, installationId)
      return {
        ...{ examined, rebinds, orphanOf, name: rebinds?.name ?? proposedName(state, orphanOf) },
        notes: [
          ...(rebinds ? [`It takes the place of the container that ${rebinds.name} had.`] : []),
          ...(examined.eula ? [] : ['Its EULA was not accepted: the next start asks.']),
          ...examined.notes,
          ...hostNotes(database, examined, totalBytes),
        ],
      }
    } catch (error) {
      throw toLightNodeError(error)
    }
  }

  function proposedName(state: ContainerState, orphanOf: string | null): string {
    const plain = orphanOf ? state.name.replace(new RegExp(`-${orphanOf}$`), '') : state.name
    const told = orphanOf ? nameSchema.safeParse(state.env.MOTD).data : undefined
    const keys = new Set(listNameKeys(database, OWNER))
    return freeName(told ?? nameSchema.safeParse(plain).data ?? 'Server', (key) => keys.has(key))
  }

  async function preview(containerId: string): Promise<Adoption> {
    const { examined, name, notes } = await candidate(containerId)
    const { state, mount } = examined
    return {
      ...{ containerId: state.id, containerName: state.name, name, notes },
      ...{ type: examined.type, version: examined.version, memory: examined.memoryMb / MB_PER_GB },
      ...{ port: examined.port, rconPort: examined.rconPort, passwordFound: examined.password !== null },
      mount: { type: mount.type, source: mount.source },
      composeProject: examined.composeProject,
      running: ['running', 'restarting', 'paused'].includes(state.status),
    }
  }

  async function adopt(containerId: string, wanted: string | undefined, actor: string): Promise<Server> {
    deps.refuseLost?.()
    const found = await candidate(containerId)
    const id = found.rebinds ? await bindAgain(found) : await write(found, wanted)
    const server = deps.views.find(id)
    if (!server) throw new LightNodeError('NOT_FOUND')
    deps.activity({
      ...{ serverId: id, serverName: server.name, actor, action: 'server.adopted' },
      message: `${server.name} stands for the container ${server.containerName} now, on port ${server.port}.`,
    })
    deps.events.publish({ type: 'found' })
    deps.events.publish({ type: 'ports', hostId: LOCAL })
    deps.views.publish(id)
    // What runs is verified, and nothing about it changed.
    await deps.observer.look(id)
    return deps.views.find(id) ?? server
  }

  async function write(found: Candidate, wanted: string | undefined): Promise<string> {
    const { examined, orphanOf } = found
    const name = wanted ?? found.name
    const id = orphanOf ?? randomId()
    const commit = (spareRconPort: number | null) => {
      refuseTaken(name)
      refuseChanged(examined)
      writeAdoption(deps, { id, name, examined, adopted: orphanOf ? 0 : 1, spareRconPort })
      return id
    }
    if (examined.rconPort === null)
      return deps.allocator.allocateServerPort({
        hostId: LOCAL,
        purposes: ['rcon'],
        commit: ({ rcon }) => commit(rcon ?? null),
      })
    return deps.pool.inTurn(LOCAL, async () => database.transaction(() => commit(null))())
  }

  function bindAgain({ examined, rebinds }: Candidate): Promise<string> {
    return deps.pool.inTurn(LOCAL, async () =>
      database.transaction(() => {
        const server = rebinds && findServer(database, rebinds.id)
        if (!server) throw new LightNodeError('NOT_FOUND')
        deps.tasks.refuseBusy(server.id)
        if (deps.launcher.isBusy(server.id) || server.containerId !== rebinds.containerId)
          throw new LightNodeError('BUSY', `${server.name} is being started; wait until that has ended.`)
        refuseChanged(examined)
        writeAgain(deps, server, examined)
        return server.id
      })(),
    )
  }

  function refuseTaken(name: string): void {
    if (!nameExists(database, OWNER, nameKey(name))) return
    const message = `Another server is called ${name}.`
    throw new LightNodeError('NAME_TAKEN', message, { fields: [{ field: 'name', message }] })
  }

  /** Somebody may have been faster while it was read. */
  function refuseChanged({ state }: Examined): void {
    if (knownContainers(database).has(state.id))
      throw new LightNodeError('NOT_FOUND', 'It was adopted already.')
  }

  return { preview, adopt }
}
