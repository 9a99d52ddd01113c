import type { Drift, DriftKind } from '../../shared/drift.ts'
import { LightNodeError } from '../../shared/errors.ts'
import type { Server } from '../../shared/model.ts'
import type { TakeBack } from '../adoption/take-back.ts'
import type { Database } from '../database/open.ts'
import { type ServerRow, updateServer } from '../database/servers.ts'
import { type ContainerState, type Engine, EngineError } from '../engine/types.ts'
import { containerSpec } from '../provisioning/launch-container.ts'
import type { Launcher } from '../provisioning/launcher.ts'
import { differencesOf } from './differences.ts'
import type { EngineBinding } from './engine-binding.ts'
import { toLightNodeError } from './engine-error.ts'
import type { Observer } from './observer.ts'
import { type Records, withNewContainer } from './records.ts'
import { seeServer } from './sight.ts'
import type { Task, Tasks } from './tasks.ts'
import { untilEngine } from './until-engine.ts'
import { isAlive } from './until-stopped.ts'

export interface MenderDeps {
  database: Database
  installationId: string
  binding: EngineBinding
  observer: Observer
  launcher: Launcher
  tasks: Tasks
  records: Records
  takeBack: TakeBack
  start(id: string, actor: string): Server | Promise<Server>
  restart(id: string, actor: string): Promise<Server>
}

/** Mends what was changed outside LightNode, one thing at a time, when a person asks for it. */
export interface Mender {
  /**
   * @throws LightNodeError NOT_FOUND when there is no such drift now; BUSY; NAME_TAKEN; VOLUME_MISSING;
   *   IMAGE_MISSING; ENGINE_*; what a start throws
   */
  mend(id: string, kind: DriftKind, actor: string): Promise<Server>
  /** Goes back to the container that a new one took the place of, and starts it. */
  takeBack(task: Task): Promise<void>
}

interface Case {
  engine: Engine
  server: ServerRow
  /** Null when there is none. */
  container: ContainerState | null
  actor: string
}

export function createMender(deps: MenderDeps): Mender {
  const { database, binding, observer, records } = deps
  const mending = new Set<string>()

  async function mend(id: string, kind: DriftKind, actor: string): Promise<Server> {
    refuseHeld(id)
    mending.add(id)
    try {
      const { drift, ...found } = await find(id, kind, actor)
      if (drift.mend === null) throw new LightNodeError('VOLUME_MISSING', drift.message)
      records.note(
        found.server,
        actor,
        'server.mended',
        `${found.server.name}: ${drift.mend}. ${drift.message}`,
      )
      await act(kind, found)
    } catch (error) {
      throw toLightNodeError(error)
    } finally {
      mending.delete(id)
    }
    await observer.look(id)
    return records.get(id)
  }

  function refuseHeld(id: string): void {
    records.row(id)
    deps.tasks.refuseBusy(id)
    if (observer.isHeld(id) || mending.has(id)) throw new LightNodeError('BUSY')
  }

  /** As it is now: what was shown may be old. */
  async function find(id: string, kind: DriftKind, actor: string): Promise<Case & { drift: Drift }> {
    const engine = binding.engine()
    await observer.look(id)
    const { container, drift } = await seeServer(engine, records.row(id), deps.installationId)
    const server = records.row(id)
    const found = drift(server).find((one) => one.kind === kind)
    if (observer.isHeld(id)) throw new LightNodeError('BUSY')
    if (!found) throw new LightNodeError('NOT_FOUND', 'There is nothing of that left to mend.')
    return { engine, server, container, actor, drift: found }
  }

  async function act(kind: DriftKind, found: Case): Promise<void> {
    const { engine, server, container, actor } = found
    if (kind === 'changed' && server.replacedContainerId !== null)
      await deps.tasks.run(server.id, 'takeBack', null, actor, takeBack)
    else if (kind === 'renamed' && container) await renameBack(engine, server, container)
    else if (kind === 'changed' && container) await makeAnew({ ...found, container })
    else if (kind === 'image') await pullAgain(engine, server)
    else await deps.start(server.id, actor)
  }

  /** As a task: a crash in the middle leaves no server without a container. */
  async function takeBack(task: Task): Promise<void> {
    const { serverId } = task
    task.step('Going back to the old container')
    await untilEngine(binding, task, async (engine) => {
      const server = records.row(serverId)
      // Written already: what is left is the start.
      if (server.replacedContainerId !== null) await deps.takeBack(engine, server)
    })
    updateServer(database, serverId, { desired: 'running' })
    deps.launcher.launch(serverId)
  }

  async function renameBack(engine: Engine, server: ServerRow, container: ContainerState): Promise<void> {
    try {
      await engine.renameContainer(container.id, server.containerName)
    } catch (error) {
      if (!(error instanceof EngineError && error.kind === 'name-taken')) throw error
      throw new LightNodeError('NAME_TAKEN', `Another container is called ${server.containerName}.`, {
        remedy: 'Rename or remove that container, then try again.',
      })
    }
  }

  /** The world is in its volume; the port stays the server's. */
  async function makeAnew({ engine, server, container, actor }: Case & { container: ContainerState }) {
    const expected = containerSpec(server, server.image ?? container.image, deps.installationId)
    const differences = differencesOf(server, container, expected)
    if (differences.every(({ part }) => part === 'restart'))
      return engine.setRestartPolicy(container.id, 'unless-stopped')
    // A start makes anew what is not as it is to be; as a task it is finished after a crash.
    if (isAlive(container)) {
      await deps.restart(server.id, actor)
      return
    }
    // Without its record first: then the next start makes a new one, whether or not this one is still there.
    updateServer(database, server.id, withNewContainer(server))
    await engine.removeContainer(container.id)
  }

  async function pullAgain(engine: Engine, server: ServerRow): Promise<void> {
    if (server.image === null) return
    try {
      await engine.pullImage(server.image, () => {})
    } catch (error) {
      const failed = error instanceof EngineError && ['pull-failed', 'image-missing'].includes(error.kind)
      if (!failed) throw error
      const message = `The image ${server.image} could not be pulled: ${error.message}`
      throw new LightNodeError('IMAGE_MISSING', message, {}, { cause: error })
    }
  }

  return { mend, takeBack }
}
