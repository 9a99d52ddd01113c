import { LightNodeError } from '../../shared/errors.ts'
import { typeSchema } from '../../shared/fields.ts'
import type { Database } from '../database/open.ts'
import { findServer, type ServerRow, updateServer } from '../database/servers.ts'
import { findWorldBackup, setWorldBackupVerified, type WorldBackupRow } from '../database/world-backups.ts'
import type { Engine } from '../engine/types.ts'
import type { EventHub } from '../observe/events.ts'
import type { Launcher } from '../provisioning/launcher.ts'
import type { EngineBinding } from '../servers/engine-binding.ts'
import { toLightNodeError } from '../servers/engine-error.ts'
import type { Records } from '../servers/records.ts'
import type { Stopper } from '../servers/stopper.ts'
import { isCutOff, type Task } from '../servers/tasks.ts'
import { untilEngine } from '../servers/until-engine.ts'
import { whenWritable } from '../servers/when-writable.ts'
import { checkBackup, damaged, readBackup } from './backup-file.ts'
import { asBackupFailure } from './copier.ts'
import { exchangeWorld, goBack, presentWorld } from './exchange.ts'
import type { MakingPlan, NewVolumes } from './new-volumes.ts'
import { refuseOutdated } from './outdated.ts'
import { beginStep } from './progress.ts'

export interface RestorePlan extends MakingPlan {
  backupId: string
  happenings: number
  /** It ran, or it is new: so it runs afterwards. */
  ran: boolean
  /** The server was made for this backup, and has no world before. */
  fresh: boolean
  /** The file was read to its end, and is as it was written. */
  checked: boolean
  /** The record names the new world; what is left is the start. */
  done: boolean
}

export interface RestoreDeps {
  database: Database
  binding: EngineBinding
  launcher: Launcher
  stopper: Stopper
  volumes: NewVolumes
  records: Records
  events: EventHub
  now(): number
}

/**
 * Puts a backup in place of a server's world. The game runs on until the new world is there and verified; what it had
 * becomes an earlier world. Nothing is changed when anything fails before that.
 */
export function createRestore(deps: RestoreDeps): (task: Task<RestorePlan>) => Promise<void> {
  const { database, records, launcher } = deps

  return async (task) => {
    refuseOutdated(database, task)
    if (!task.plan.done) {
      try {
        await putBack(task)
      } catch (error) {
        const known = asBackupFailure(error)
        if (task.plan.fresh) markFailed(task, known)
        else goBack(launcher, records, task)
        throw known
      }
    }
    if (task.plan.ran) launcher.launch(task.serverId)
  }

  async function putBack(task: Task<RestorePlan>): Promise<void> {
    const backup = findWorldBackup(database, task.plan.backupId)
    if (!backup) throw new LightNodeError('BACKUP_DAMAGED', 'The backup was deleted.')
    if (!task.plan.checked) {
      await checkBackup(backup, task.signal, beginStep(task, 'Checking the backup', backup.worldBytes))
      setWorldBackupVerified(database, backup.id, deps.now())
      await whenWritable(task.signal, () => task.replan({ ...task.plan, checked: true }))
    }
    await untilEngine(deps.binding, task, async (engine) => {
      const server = asItWillBe(records.row(task.serverId), backup)
      await deps.volumes.refuseFull(backup.worldBytes)
      await deps.volumes.within(engine, task, server, 'world', async (volume) => {
        const archive = readBackup(backup.file, task.signal)
        const { digest } = await deps.volumes.fill(engine, task, server, volume, archive, backup.worldBytes)
        if (digest !== backup.digest) throw damaged(backup, 'it changed while it was read')
        await exchange(task, engine, backup, volume)
      })
    })
    deps.events.publish({ type: 'worlds' })
  }

  async function exchange(
    task: Task<RestorePlan>,
    engine: Engine,
    backup: WorldBackupRow,
    volume: string,
  ): Promise<void> {
    const { serverId } = task
    // Only now: until here nothing has happened to it.
    if (!task.plan.fresh) await deps.stopper.stopGame(task, serverId)
    const present = await presentWorld(engine, records.row(serverId))
    task.step('Putting the world in its place')
    const reason = { reason: 'restore', now: deps.now() } as const
    await whenWritable(task.signal, () =>
      database.transaction(() => {
        const server = records.row(serverId)
        exchangeWorld(database, server, { ...gameOf(backup), volumeName: volume }, present, reason)
        task.replan({ ...task.plan, making: null, done: true })
        const of = new Date(backup.createdAt).toISOString()
        const kept = present ? ` What it had is kept in ${server.volumeName}.` : ''
        const message = `The backup of ${of} was restored into ${server.name}.${kept}`
        records.note(server, task.actor, 'world.restored', message)
      })(),
    )
  }

  /** Without its world it is never launched: Start says VOLUME_MISSING until a backup has been restored into it. */
  function markFailed(task: Task<RestorePlan>, error: unknown): void {
    // Nothing to say of one that was deleted meanwhile.
    if (isCutOff(task.signal) || !findServer(database, task.serverId)) return
    const known = task.signal.aborted ? new LightNodeError('CANCELLED') : toLightNodeError(error)
    const problem = known instanceof LightNodeError ? known : new LightNodeError('INTERNAL')
    updateServer(database, task.serverId, {
      ...{ status: 'failed', problemCode: problem.code, problemMessage: problem.message },
    })
  }
}

/** What a server is with the world of a backup in it; the image follows its version. */
export function gameOf(backup: WorldBackupRow) {
  const { type, version, resolvedVersion } = backup
  return { type: typeSchema.parse(type), version, resolvedVersion, image: null }
}

/** The helper is made from the image that the server will run on: that one is needed anyway. */
function asItWillBe(server: ServerRow, backup: WorldBackupRow): ServerRow {
  return { ...server, ...gameOf(backup) }
}
