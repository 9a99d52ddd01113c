import { LightNodeError } from '../../shared/errors.ts'
import { typeSchema } from '../../shared/fields.ts'
import type { Database } from '../database/open.ts'
import { deleteCopy, findCopy, type WorldCopyRow } from '../database/world-copies.ts'
import type { Engine } from '../engine/types.ts'
import type { EventHub } from '../observe/events.ts'
import type { Launcher } from '../provisioning/launcher.ts'
import type { EngineBinding } from '../servers/engine-binding.ts'
import type { Records } from '../servers/records.ts'
import type { Stopper } from '../servers/stopper.ts'
import type { Task } from '../servers/tasks.ts'
import { untilEngine } from '../servers/until-engine.ts'
import { whenWritable } from '../servers/when-writable.ts'
import { exchangeWorld, goBack, presentWorld } from './exchange.ts'
import { refuseOutdated } from './outdated.ts'
import { told } from './told.ts'

export interface RevertPlan {
  volume: string
  happenings: number
  ran: boolean
  /** The record names the earlier world; what is left is the start. */
  done: boolean
}

export interface RevertDeps {
  database: Database
  binding: EngineBinding
  launcher: Launcher
  stopper: Stopper
  records: Records
  events: EventHub
  now(): number
}

/** Goes back to an earlier world, and to the type and version that it was of; the present one becomes an earlier one. */
export function createRevert(deps: RevertDeps): (task: Task<RevertPlan>) => Promise<void> {
  const { database, records, launcher } = deps

  return async (task) => {
    refuseOutdated(database, task)
    if (!task.plan.done) {
      try {
        await untilEngine(deps.binding, task, (engine) => exchange(task, engine))
      } catch (error) {
        goBack(launcher, records, task)
        throw told(error)
      }
    }
    if (task.plan.ran) launcher.launch(task.serverId)
  }

  async function exchange(task: Task<RevertPlan>, engine: Engine): Promise<void> {
    const { serverId } = task
    await refuseGone(engine, copyOf(task))
    await deps.stopper.stopGame(task, serverId)
    const present = await presentWorld(engine, records.row(serverId))
    task.step('Putting the earlier world in its place')
    const reason = { reason: 'revert', now: deps.now() } as const
    await whenWritable(task.signal, () =>
      database.transaction(() => {
        const server = records.row(serverId)
        const { volumeName, type, version, resolvedVersion, image } = copyOf(task)
        const next = { volumeName, type: typeSchema.parse(type), version, resolvedVersion, image }
        exchangeWorld(database, server, next, present, reason)
        deleteCopy(database, volumeName)
        task.replan({ ...task.plan, done: true })
        const message = `${server.name} went back to the world in ${volumeName}; what it had is kept in ${server.volumeName}.`
        records.note(server, task.actor, 'world.reverted', message)
      })(),
    )
    deps.events.publish({ type: 'worlds' })
  }

  function copyOf({ plan, serverId }: Task<RevertPlan>): WorldCopyRow {
    const copy = findCopy(database, plan.volume)
    if (copy?.serverId === serverId) return copy
    throw new LightNodeError('NOT_FOUND', 'There is no such earlier world any more.')
  }
}

/** @throws LightNodeError VOLUME_MISSING; EngineError. A folder of the engine's machine can't be asked after */
async function refuseGone(engine: Engine, { volumeName }: WorldCopyRow): Promise<void> {
  if (volumeName.includes('/') || volumeName.includes('\\') || (await engine.hasVolume(volumeName))) return
  throw new LightNodeError('VOLUME_MISSING', `The volume ${volumeName} with that world is gone.`, {
    remedy: 'Nothing was changed. Bring the volume back under its old name, or choose another one.',
  })
}
