import { BIN_KEEPS_PORT_MS, type BinEntry } from '../../shared/bin.ts'
import { invalidInput, LightNodeError } from '../../shared/errors.ts'
import type { Server } from '../../shared/model.ts'
import {
  type BinRow,
  expire,
  findInBin,
  forgetContainer,
  listBin,
  moveToBin,
  takeFromBin,
} from '../database/bin.ts'
import type { Database } from '../database/open.ts'
import { reservePort } from '../database/ports.ts'
import { findServer, listMemory, nameExists, type ServerRow } from '../database/servers.ts'
import type { ContainerState, Engine } from '../engine/types.ts'
import { STOP_TIMEOUT_SECONDS } from '../game/image.ts'
import type { RecordActivity } from '../observe/activity.ts'
import type { EventHub } from '../observe/events.ts'
import type { Logger } from '../observe/logger.ts'
import type { PortAllocator } from '../provisioning/allocate.ts'
import { type Capacity, checkMemory } from '../provisioning/capacity.ts'
import type { Launcher } from '../provisioning/launcher.ts'
import { nameKey } from '../provisioning/names.ts'
import { openRun } from '../provisioning/open-run.ts'
import type { Console } from './console.ts'
import type { EngineBinding } from './engine-binding.ts'
import { toLightNodeError } from './engine-error.ts'
import type { Observer } from './observer.ts'
import { findOwnContainer } from './own-container.ts'
import { createPurge } from './purge.ts'
import type { Tasks } from './tasks.ts'
import type { ServerViews } from './view.ts'

export interface BinDeps {
  database: Database
  installationId: string
  binding: EngineBinding
  launcher: Launcher
  tasks: Tasks
  console: Console
  observer: Observer
  allocator: PortAllocator
  views: ServerViews
  capacity(): Promise<Capacity>
  activity: RecordActivity
  events: EventHub
  logger: Logger
  now(): number
}

/** Deleted servers. Nothing that holds a world goes but by `purge`, which a person asks for by name. */
export interface Bin {
  list(): BinEntry[]
  /**
   * Container away; volume, credentials and, for 7 days, the ports stay. What is under way is given up, or waited
   * for where that is not safe.
   *
   * @throws LightNodeError NOT_FOUND
   */
  remove(id: string, actor: string): Promise<void>
  /**
   * Back into use and started: the ports it kept, or after their expiry the same ones if they are free.
   *
   * @param name a new one, where another server has the old one meanwhile
   * @throws LightNodeError NOT_FOUND, NAME_TAKEN, MEMORY_EXCEEDED, POOL_EXHAUSTED; it stays in the bin then
   */
  restore(id: string, name: string | undefined, actor: string): Promise<Server>
  /** For good. @throws LightNodeError NOT_FOUND, INVALID_INPUT for another name, ENGINE_* */
  purge(id: string, name: string, actor: string): Promise<void>
  /** Finishes removals that were cut off, and gives ports back after 7 days. Safe at any time. */
  tidy(): Promise<void>
}

export function createBin(deps: BinDeps): Bin {
  const { database, binding, now } = deps
  /** Containers on their way out: a restore or a purge waits for its own. */
  const removing = new Map<string, Promise<void>>()
  const removeForGood = createPurge(deps)

  function entry(id: string): BinRow {
    const row = findInBin(database, id)
    if (!row) throw new LightNodeError('NOT_FOUND')
    return row
  }

  function note(row: { id: string; name: string }, actor: string, action: string, message: string): void {
    deps.activity({ serverId: row.id, serverName: row.name, actor, action, message })
  }

  function changed(row: { hostId: string }): void {
    deps.events.publish({ type: 'bin' })
    deps.events.publish({ type: 'ports', hostId: row.hostId })
  }

  async function remove(id: string, actor: string): Promise<void> {
    const server = findServer(database, id)
    if (!server) throw new LightNodeError('NOT_FOUND')
    const release = deps.observer.hold(id)
    try {
      await endWork(server)
      moveToBin(database, id, now())
      note(server, actor, 'server.deleted', `${server.name} was moved to the bin.`)
      deps.events.publish({ type: 'removed', serverId: id })
      changed(server)
      await removeContainer(id)
    } finally {
      release()
    }
  }

  async function endWork(server: ServerRow): Promise<void> {
    const { id } = server
    switch (deps.tasks.current(id)) {
      case null:
        // A delete stops the game in the engine's time; what matters is on the disk before.
        if (server.status === 'online' && !deps.launcher.isBusy(id))
          await deps.console.command(server, 'save-all flush').catch(() => {})
        break
      case 'stop':
        // What it is about is done here.
        await deps.tasks.takeOver(id)
        break
      default:
        await deps.tasks.cancel(id).catch(() => deps.tasks.done(id))
    }
    await deps.launcher.cancel(id)
  }

  /** What can't be done now is done by the next `tidy`. */
  function removeContainer(id: string): Promise<void> {
    const running = removing.get(id) ?? tryToRemove(id).finally(() => removing.delete(id))
    removing.set(id, running)
    return running
  }

  async function tryToRemove(id: string): Promise<void> {
    const row = findInBin(database, id)
    const engine = binding.usable()?.engine
    if (!row || !engine) return
    try {
      await removeFrom(engine, row)
      forgetContainer(database, id)
    } catch (error) {
      deps.logger.warn({ serverId: id, err: error }, 'the container of a deleted server is still there')
    }
  }

  async function removeFrom(engine: Engine, row: BinRow): Promise<void> {
    const own = await findOwnContainer(engine, row, deps.installationId)
    if (own) await stopAndRemove(engine, own)
    const replaced =
      row.replacedContainerId === null ? null : await engine.inspectContainer(row.replacedContainerId)
    if (replaced) await stopAndRemove(engine, replaced)
  }

  async function stopAndRemove(engine: Engine, state: ContainerState): Promise<void> {
    if (state.status !== 'created' && state.status !== 'exited' && state.status !== 'dead')
      await engine.stopContainer(state.id, STOP_TIMEOUT_SECONDS)
    await engine.removeContainer(state.id)
  }

  async function restore(id: string, wanted: string | undefined, actor: string): Promise<Server> {
    await removing.get(id)
    const row = entry(id)
    if (row.purgedAt !== null) throw new LightNodeError('BUSY', `${row.name} is being deleted for good.`)
    const name = wanted ?? row.name
    const { memoryBytes } = await deps.capacity()
    const take = () => {
      if (findInBin(database, id)?.purgedAt !== null) throw new LightNodeError('NOT_FOUND')
      if (nameExists(database, row.owner, nameKey(name))) {
        const message = `Another server is called ${name}.`
        throw new LightNodeError('NAME_TAKEN', message, { fields: [{ field: 'name', message }] })
      }
      checkMemory(row.memoryMb, memoryBytes, listMemory(database, row.hostId))
      takeFromBin(database, id, name, nameKey(name))
      // With it: a crash right after this leaves a server that is started.
      openRun(database, id, now())
    }
    if (row.expiredAt === null) database.transaction(take)()
    else await restoreWithPorts(row, take)
    const server = deps.views.find(id)
    if (!server) throw new LightNodeError('NOT_FOUND')
    note(server, actor, 'server.restored', `${server.name} is back from the bin, on port ${server.port}.`)
    changed(row)
    deps.views.publish(id)
    deps.launcher.launch(id)
    return deps.views.find(id) ?? server
  }

  function restoreWithPorts(row: BinRow, take: () => void): Promise<void> {
    return deps.allocator.allocateServerPort({
      hostId: row.hostId,
      purposes: ['game', 'rcon'],
      prefer: { game: row.port, rcon: row.rconPort },
      commit(ports) {
        take()
        for (const purpose of ['game', 'rcon'] as const) {
          const port = ports[purpose]
          if (port === undefined) throw new LightNodeError('POOL_EXHAUSTED')
          reservePort(database, { hostId: row.hostId, port, purpose }, row.id, now())
        }
      },
    })
  }

  async function purge(id: string, name: string, actor: string): Promise<void> {
    await removing.get(id)
    const row = entry(id)
    if (name !== row.name) throw invalidInput([{ field: 'name', message: `Type ${row.name} to confirm.` }])
    const engine = binding.engine()
    try {
      await removeFrom(engine, row)
      await removeForGood(engine, row, actor)
      changed(row)
    } catch (error) {
      throw toLightNodeError(error)
    }
  }

  async function finishPurge(row: BinRow): Promise<void> {
    const engine = binding.usable()?.engine
    if (!engine) return
    try {
      await removeForGood(engine, row, 'lightnode')
      changed(row)
    } catch (error) {
      deps.logger.warn({ serverId: row.id, err: error }, 'a server is not deleted for good yet')
    }
  }

  async function tidy(): Promise<void> {
    for (const row of listBin(database)) {
      if (row.purgedAt !== null) {
        await finishPurge(row)
        continue
      }
      if (row.containerId !== null) await removeContainer(row.id)
      if (row.expiredAt !== null || now() - row.deletedAt < BIN_KEEPS_PORT_MS) continue
      expire(database, row, now())
      note(
        row,
        'lightnode',
        'server.expired',
        `${row.name} is in the bin for 7 days: port ${row.port} is free again.`,
      )
      changed(row)
    }
  }

  return {
    list: () =>
      listBin(database).map((row) => ({
        id: row.id,
        name: row.name,
        ipAddress: row.address,
        port: row.port,
        volumeName: row.volumeName,
        deletedAt: row.deletedAt,
        portKeptUntil: row.deletedAt + BIN_KEEPS_PORT_MS,
        expired: row.expiredAt !== null,
      })),
    remove,
    restore,
    purge,
    tidy,
  }
}
