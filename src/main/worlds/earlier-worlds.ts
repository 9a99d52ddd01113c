import { LightNodeError } from '../../shared/errors.ts'
import type { Server } from '../../shared/model.ts'
import type { WorldCopy } from '../../shared/worlds.ts'
import type { Database } from '../database/open.ts'
import type { ServerRow } from '../database/servers.ts'
import {
  beginRemoval,
  deleteCopy,
  findCopy,
  listCopies,
  listRemovals,
  type WorldCopyRow,
} from '../database/world-copies.ts'
import { happeningsSoFar } from '../database/world-tasks.ts'
import type { Engine } from '../engine/types.ts'
import type { EventHub } from '../observe/events.ts'
import type { Logger } from '../observe/logger.ts'
import type { Launcher } from '../provisioning/launcher.ts'
import type { EngineBinding } from '../servers/engine-binding.ts'
import { toLightNodeError } from '../servers/engine-error.ts'
import { labelsOf, serverOf } from '../servers/labels.ts'
import { findOwnContainer } from '../servers/own-container.ts'
import type { Records } from '../servers/records.ts'
import type { Task, Tasks } from '../servers/tasks.ts'
import { isAlive } from '../servers/until-stopped.ts'
import { runsNow } from './exchange.ts'
import type { RevertPlan } from './revert.ts'

export interface EarlierWorldsDeps {
  database: Database
  installationId: string
  binding: EngineBinding
  tasks: Tasks
  launcher: Launcher
  records: Records
  events: EventHub
  logger: Logger
  now(): number
  revert(task: Task<RevertPlan>): Promise<void>
}

/** The earlier worlds of servers: shown, gone back to, deleted by a person. */
export interface EarlierWorlds {
  list(serverId: string): WorldCopy[]
  /** Begins the task. @throws LightNodeError NOT_FOUND, BUSY, ENGINE_* */
  revert(serverId: string, volumeName: string, actor: string): Promise<Server>
  /** For good. What LightNode did not make is forgotten, and left as it is. @throws LightNodeError NOT_FOUND, BUSY, ENGINE_* */
  remove(serverId: string, volumeName: string, actor: string): Promise<void>
  /** Finishes removals that were cut off. Safe at any time. Never rejects. */
  tidy(): Promise<void>
}

export function createEarlierWorlds(deps: EarlierWorldsDeps): EarlierWorlds {
  const { database, installationId, tasks, records } = deps

  function find(serverId: string, volumeName: string): WorldCopyRow {
    const copy = findCopy(database, volumeName)
    if (copy?.serverId === serverId) return copy
    throw new LightNodeError('NOT_FOUND', 'This server has no such earlier world.')
  }

  async function revert(serverId: string, volumeName: string, actor: string): Promise<Server> {
    const server = records.row(serverId)
    find(serverId, volumeName)
    tasks.refuseBusy(serverId)
    deps.binding.engine()
    const plan: RevertPlan = {
      ...{ volume: volumeName, happenings: happeningsSoFar(database) },
      ...{ ran: runsNow(deps.launcher, server), done: false },
    }
    // Nobody waits for it: how it goes is in the task.
    tasks.run(serverId, 'revert', plan, actor, deps.revert).catch(() => {})
    return records.get(serverId)
  }

  async function remove(serverId: string, volumeName: string, actor: string): Promise<void> {
    const server = records.row(serverId)
    find(serverId, volumeName)
    tasks.refuseBusy(serverId)
    let ours: boolean
    try {
      ours = await removeVolume(deps.binding.engine(), server, volumeName)
    } catch (error) {
      throw toLightNodeError(error)
    }
    deleteCopy(database, volumeName)
    const message = ours
      ? `The earlier world of ${server.name} in ${volumeName} was deleted.`
      : `The earlier world of ${server.name} in ${volumeName} was forgotten; LightNode did not make it, so it is left there.`
    records.note(server, actor, 'world.copy-removed', message)
    deps.events.publish({ type: 'worlds' })
  }

  /** @returns false when it is not LightNode's */
  async function removeVolume(engine: Engine, server: ServerRow, volume: string): Promise<boolean> {
    const found = (await engine.listVolumes()).find(({ name }) => name === volume)
    if (!found) return !volume.includes('/')
    if (serverOf(found.labels, installationId) !== server.id) return false
    await letGo(engine, server, volume)
    beginRemoval(database, volume, deps.now())
    await engine.removeVolume(volume, labelsOf(installationId, server.id))
    return true
  }

  async function tidy(): Promise<void> {
    const engine = deps.binding.usable()?.engine
    if (!engine) return
    for (const { volumeName, serverId } of listRemovals(database)) {
      try {
        await engine.removeVolume(volumeName, labelsOf(installationId, serverId))
        deleteCopy(database, volumeName)
      } catch (error) {
        deps.logger.info({ serverId, volumeName, err: error }, 'an earlier world is not removed yet')
      }
    }
  }

  /** A container of ours that no record names any more, and that the next launch would replace, holds it still. */
  async function letGo(engine: Engine, server: ServerRow, volume: string): Promise<void> {
    const container = await findOwnContainer(engine, server, installationId)
    if (!container || isAlive(container) || container.id === server.containerId) return
    if (container.mounts.some(({ source }) => source === volume)) await engine.removeContainer(container.id)
  }

  return {
    list: (serverId) => {
      records.row(serverId)
      return listCopies(database, serverId).map(
        ({ volumeName, reason, type, version, resolvedVersion, bytes, createdAt }): WorldCopy => ({
          ...{ volumeName, serverId, reason, type, bytes, createdAt },
          version: resolvedVersion ?? version,
        }),
      )
    },
    revert,
    remove,
    tidy,
  }
}
