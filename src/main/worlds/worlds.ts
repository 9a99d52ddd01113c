import { rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { LightNodeError } from '../../shared/errors.ts'
import type { CreatedServer, Server } from '../../shared/model.ts'
import type { WorldSettings } from '../../shared/settings.ts'
import type { WorldBackup, WorldCopy } from '../../shared/worlds.ts'
import {
  deleteWorldBackup,
  findWorldBackup,
  listWorldBackups,
  setWorldBackupVerified,
  type WorldBackupRow,
} from '../database/world-backups.ts'
import { backupsInUse, happeningsSoFar } from '../database/world-tasks.ts'
import type { RecordActivity } from '../observe/activity.ts'
import type { EventHub } from '../observe/events.ts'
import type { Launcher } from '../provisioning/launcher.ts'
import type { ProvisionDeps } from '../provisioning/provision.ts'
import type { Console } from '../servers/console.ts'
import { toLightNodeError } from '../servers/engine-error.ts'
import { createRecords } from '../servers/records.ts'
import type { Stopper } from '../servers/stopper.ts'
import type { Task, Tasks, TaskWorks } from '../servers/tasks.ts'
import type { ServerViews } from '../servers/view.ts'
import { type BackupPlan, createBackup, newBackup } from './backup.ts'
import { checkBackup, downloadName, isMissing, refuseMissing, removeIfEmpty } from './backup-file.ts'
import type { Copier, CopierDeps } from './copier.ts'
import { createEarlierWorlds } from './earlier-worlds.ts'
import { runsNow } from './exchange.ts'
import { createRestore, type RestorePlan } from './restore.ts'
import { restoreAsNew } from './restore-as-new.ts'
import { createRevert } from './revert.ts'
import { createSaving } from './saving.ts'
import { createSchedule } from './schedule.ts'
import { tidyTasks } from './tidy.ts'
import { tidyDailies } from './tidy-dailies.ts'

export interface WorldsDeps extends Omit<CopierDeps, 'capacity'>, ProvisionDeps {
  dataDir: string
  settings(): WorldSettings
  copier: Copier
  tasks: Tasks
  launcher: Launcher
  stopper: Stopper
  console: Console
  views: ServerViews
  activity: RecordActivity
  events: EventHub
  /** Refuses what changes something, while LightNode only looks. */
  act<Result>(work: () => Promise<Result>): Promise<Result>
}

/** Worlds saved as files, and the earlier worlds that servers can go back to. */
export interface Worlds {
  /** Newest first; of one server when its id is given. */
  list(serverId: string | null): WorldBackup[]
  /** Begins a backup as the server's task. @throws LightNodeError NOT_FOUND, BUSY, ENGINE_*, VOLUME_MISSING */
  backUp(serverId: string, actor: string): Promise<Server>
  /** Reads the file again. @throws LightNodeError NOT_FOUND, BACKUP_DAMAGED */
  verify(backupId: string): Promise<WorldBackup>
  /**
   * Begins the task that puts a backup in place of the server's world, which becomes an earlier one.
   *
   * @throws LightNodeError NOT_FOUND, BUSY, ENGINE_*, BACKUP_DAMAGED; NOT_ADOPTABLE for a world that LightNode did
   *   not make
   */
  restore(backupId: string, serverId: string, actor: string): Promise<Server>
  /** A new server with the world of a backup. @throws what `provisionServer` throws; BACKUP_DAMAGED, ENGINE_* */
  restoreAsNew(
    backupId: string,
    input: { name: string; memory?: number | undefined; acceptEula: boolean },
    actor: string,
  ): Promise<CreatedServer>
  /** Deletes the file and its record. @throws LightNodeError NOT_FOUND, BUSY while a restore reads it */
  remove(backupId: string, actor: string): Promise<void>
  /** The file of a backup. @throws LightNodeError NOT_FOUND, BACKUP_DAMAGED when it is gone */
  file(backupId: string): { path: string; name: string }
  /** Earlier worlds of the server, newest first. @throws LightNodeError NOT_FOUND */
  copies(serverId: string): WorldCopy[]
  /** Begins the task that goes back to an earlier world; the present one becomes an earlier one. */
  revert(serverId: string, volumeName: string, actor: string): Promise<Server>
  /** Deletes an earlier world for good. @throws LightNodeError NOT_FOUND, BUSY, ENGINE_* */
  removeCopy(serverId: string, volumeName: string, actor: string): Promise<void>
}

/** What the core needs of it beside what the doors ask. */
export interface WorldsService extends Worlds {
  /** The tasks that a crash may leave open. */
  works: TaskWorks
  /** Begins the daily backups. */
  start(): void
  /** Makes the daily backups that are due, now. Never rejects. */
  backUpDue(): Promise<void>
  /** Undoes what ended tasks could not. Never rejects. */
  tidy(): Promise<void>
  /** Begins no more daily backups. */
  stop(): void
}

export function createWorlds(deps: WorldsDeps): WorldsService {
  const { database, binding, tasks, launcher, events, copier } = deps
  const records = createRecords(database, deps.views, deps.activity)
  const saving = createSaving(deps)
  const shared = { ...deps, records, saving, ...copier }
  const place = () => {
    const { folder } = deps.settings()
    return { folder, ours: folder === join(deps.dataDir, 'worlds') }
  }
  const save = createBackup({ ...shared, place })
  const restoreWork = createRestore(shared)
  const revertWork = createRevert(shared)
  const earlier = createEarlierWorlds({ ...shared, revert: revertWork })
  const works: TaskWorks = { backup, restore: restoreWork, revert: revertWork }
  const schedule = createSchedule({ ...shared, backUp: daily, uptime: () => performance.now() })

  function find(id: string): WorldBackupRow {
    const row = findWorldBackup(database, id)
    if (!row) throw new LightNodeError('NOT_FOUND', 'There is no such backup.')
    return row
  }

  async function backup(task: Task<BackupPlan>): Promise<WorldBackupRow | null> {
    const made = await save(task)
    if (made?.reason === 'daily') await tidyDailies(deps, made)
    return made
  }

  function daily(serverId: string): Promise<WorldBackupRow | null> {
    return tasks.run(serverId, 'backup', newBackup(database, 'daily'), 'lightnode', backup)
  }

  async function backUp(serverId: string, actor: string): Promise<Server> {
    const server = records.row(serverId)
    tasks.refuseBusy(serverId)
    if (launcher.isBusy(serverId))
      throw new LightNodeError('BUSY', 'The server is still starting; wait until it is online.')
    const engine = binding.engine()
    try {
      if (server.mountType === 'volume' && !(await engine.hasVolume(server.volumeName))) {
        const gone = `The volume ${server.volumeName} with this server's world is gone.`
        const none = server.firstOnlineAt === null ? 'The server has no world yet.' : gone
        throw new LightNodeError('VOLUME_MISSING', none)
      }
    } catch (error) {
      throw toLightNodeError(error)
    }
    // It may have gone to the bin while the engine was asked.
    records.row(serverId)
    const plan: BackupPlan = newBackup(database, 'asked')
    // Nobody waits for it: how it goes is in the task.
    tasks.run(serverId, 'backup', plan, actor, backup).catch(() => {})
    return records.get(serverId)
  }

  async function restore(backupId: string, serverId: string, actor: string): Promise<Server> {
    const row = find(backupId)
    const server = records.row(serverId)
    if (server.adopted === 1)
      throw new LightNodeError(
        'NOT_ADOPTABLE',
        `The world of ${server.name} is where it was found, in ${server.volumeName}; LightNode does not put another in its place.`,
        { remedy: 'Restore the backup into a new server.' },
      )
    tasks.refuseBusy(serverId)
    binding.engine()
    refuseMissing(row)
    const plan: RestorePlan = {
      ...{ backupId, happenings: happeningsSoFar(database), ran: runsNow(launcher, server) },
      ...{ fresh: false, checked: false, done: false },
    }
    tasks.run(serverId, 'restore', plan, actor, restoreWork).catch(() => {})
    return records.get(serverId)
  }

  async function verify(backupId: string): Promise<WorldBackup> {
    const row = find(backupId)
    await checkBackup(row, new AbortController().signal)
    setWorldBackupVerified(database, backupId, deps.now())
    events.publish({ type: 'worlds' })
    return shown(find(backupId))
  }

  async function remove(backupId: string, actor: string): Promise<void> {
    const row = find(backupId)
    if (backupsInUse(database).includes(backupId))
      throw new LightNodeError('BUSY', 'This backup is being restored; wait until that is done.')
    // Another file in its place is somebody's own: the record goes alone.
    if (!isMissing(row)) {
      await rm(row.file).catch((error: unknown) => {
        const why = error instanceof Error ? error.message : String(error)
        throw new LightNodeError('BACKUP_FAILED', `The backup could not be deleted: ${why}.`, {
          remedy: 'Make its folder writable and try again.',
        })
      })
      await removeIfEmpty(dirname(row.file))
    }
    deleteWorldBackup(database, backupId)
    const about = { id: row.serverId, name: row.serverName }
    const of = new Date(row.createdAt).toISOString()
    records.note(
      about,
      actor,
      'world.backup-removed',
      `The backup of ${row.serverName} of ${of} was deleted.`,
    )
    events.publish({ type: 'worlds' })
  }

  return {
    list: (serverId) => listWorldBackups(database, serverId).map(shown),
    ...{ backUp, verify, restore, remove, works },
    async restoreAsNew(backupId, input, actor) {
      const row = find(backupId)
      await checkBackup(row, new AbortController().signal)
      setWorldBackupVerified(database, backupId, deps.now())
      const goOn = () => tasks.resume({ restore: restoreWork })
      return restoreAsNew({ ...deps, records, goOn }, row, input, actor)
    },
    file(backupId) {
      const row = find(backupId)
      refuseMissing(row)
      return { path: row.file, name: downloadName(row) }
    },
    copies: earlier.list,
    revert: earlier.revert,
    removeCopy: earlier.remove,
    start: schedule.start,
    backUpDue: schedule.look,
    async tidy() {
      await tidyTasks({ ...shared })
      await earlier.tidy()
    },
    stop: schedule.stop,
  }
}

/** As the doors show it. */
function shown(row: WorldBackupRow): WorldBackup {
  const { resolvedVersion, memoryMb: _memory, diskGb: _disk, digest: _digest, ...backup } = row
  return { ...backup, version: resolvedVersion ?? row.version, missing: isMissing(row) }
}
