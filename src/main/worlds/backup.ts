import { rm } from 'node:fs/promises'
import { setTimeout as delay } from 'node:timers/promises'
import { LightNodeError } from '../../shared/errors.ts'
import type { WorldBackup } from '../../shared/worlds.ts'
import type { Database } from '../database/open.ts'
import type { ServerRow } from '../database/servers.ts'
import { insertWorldBackup, listWorldBackups, type WorldBackupRow } from '../database/world-backups.ts'
import { happeningsSoFar } from '../database/world-tasks.ts'
import { type Engine, EngineError } from '../engine/types.ts'
import { DATA_DIR } from '../game/image.ts'
import type { EventHub } from '../observe/events.ts'
import type { Logger } from '../observe/logger.ts'
import type { Launcher } from '../provisioning/launcher.ts'
import { randomId } from '../provisioning/names.ts'
import type { EngineBinding } from '../servers/engine-binding.ts'
import { findOwnContainer } from '../servers/own-container.ts'
import type { Records } from '../servers/records.ts'
import { isCutOff, type Task } from '../servers/tasks.ts'
import { untilEngine } from '../servers/until-engine.ts'
import { isAlive } from '../servers/until-stopped.ts'
import { whenWritable } from '../servers/when-writable.ts'
import {
  backupPath,
  draftOf,
  finishDraft,
  isMissing,
  readBackup,
  removeDraft,
  writeDraft,
} from './backup-file.ts'
import { asBackupFailure } from './copier.ts'
import type { Helpers } from './helpers.ts'
import { withoutSecrets } from './leaving.ts'
import { createManifest, firstDifference, type Manifest, noting, readManifest } from './manifest.ts'
import { refuseOutdated } from './outdated.ts'
import { beginStep } from './progress.ts'
import type { Saving } from './saving.ts'
import { folderProblem, sizeText } from './told.ts'

/** Tries at a world in which a file shrinks while it is read: the engine's archive ends there. */
const READS = 5
/** Between two of them. */
const READ_AGAIN_MS = 500
const BUSY_MS = 500

export interface BackupPlan {
  reason: WorldBackup['reason']
  happenings: number
  savingOff: boolean
  /** The file that is being made; half of it has another name. */
  draft: string | null
  /** What becomes its record: read back, and about to get its name. */
  record: WorldBackupRow | null
}

export interface BackupDeps {
  database: Database
  installationId: string
  binding: EngineBinding
  launcher: Pick<Launcher, 'isBusy'>
  helpers: Helpers
  saving: Saving
  records: Records
  events: EventHub
  logger: Logger
  /** Where backups go, and whether that folder is ours to make. */
  place(): { folder: string; ours: boolean }
  now(): number
}

/** The plan of a backup that begins now. */
export function newBackup(database: Database, reason: WorldBackup['reason']): BackupPlan {
  return { reason, happenings: happeningsSoFar(database), savingOff: false, draft: null, record: null }
}

/**
 * Saves a server's world as a file: read, written, read back from the disk, and only then recorded. Begun again after
 * a crash it switches saving on first, removes the half of a file, and makes another.
 *
 * @returns the record; null for a daily backup of a stopped server whose world is the one of its last backup
 */
export function createBackup(deps: BackupDeps): (task: Task<BackupPlan>) => Promise<WorldBackupRow | null> {
  const { database, binding, records } = deps

  return async (task) => {
    refuseOutdated(database, task)
    if (task.plan.savingOff && (await deps.saving.on(task.serverId)))
      await whenWritable(task.signal, () => task.replan({ ...task.plan, savingOff: false }))
    const { record } = task.plan
    // It had its name already, and lacks its record alone.
    if (record && !isMissing(record)) return written(task, record)
    await dropDraft(task)
    try {
      return await untilEngine(binding, task, (engine) => attempt(task, engine))
    } catch (error) {
      task.signal.throwIfAborted()
      throw asBackupFailure(error)
    }
  }

  async function attempt(task: Task<BackupPlan>, engine: Engine): Promise<WorldBackupRow | null> {
    while (deps.launcher.isBusy(task.serverId)) {
      task.step('Waiting until the server has started', { cancellable: true })
      await delay(BUSY_MS, undefined, { signal: task.signal })
    }
    const server = records.row(task.serverId)
    const container = await findOwnContainer(engine, server, deps.installationId)
    const runs = container !== null && isAlive(container)
    if (container?.status === 'paused')
      throw new LightNodeError(
        'BUSY',
        `${server.name} is paused: what it has not saved yet can't be backed up.`,
      )
    if (!runs && task.plan.reason === 'daily' && (await isUnchanged(task, engine, server))) return null
    const { folder } = deps.place()
    const file = backupPath(folder, server, deps.now())
    // Before it exists: half of it is then found and removed.
    await whenWritable(task.signal, () => task.replan({ ...task.plan, draft: file }))
    try {
      const read = () => writeWorld(task, engine, server, file)
      const made = await (runs ? deps.saving.held(task, server, () => again(task, read)) : read())
      return await finish(task, server, file, made)
    } catch (error) {
      if (!isCutOff(task.signal)) await dropDraft(task)
      throw folderProblem(error, folder)
    }
  }

  /** A game writes its log, and plugins what they like, also while it does not save. */
  async function again<T>(task: Task<BackupPlan>, read: () => Promise<T>): Promise<T> {
    for (let tries = 1; ; tries += 1) {
      try {
        return await read()
      } catch (error) {
        const broken = error instanceof EngineError && error.kind === 'rejected'
        if (task.signal.aborted || !broken) throw error
        if (tries >= READS) throw restless(error)
        await delay(READ_AGAIN_MS, undefined, { signal: task.signal })
        await removeDraft(task.plan.draft ?? '')
      }
    }
  }

  async function isUnchanged(task: Task<BackupPlan>, engine: Engine, server: ServerRow): Promise<boolean> {
    const last = listWorldBackups(database, server.id).find((backup) => !isMissing(backup))
    if (!last) return false
    const onBytes = beginStep(task, 'Looking whether the world has changed', last.worldBytes)
    const present = await deps.helpers.onWorld(engine, server, task.signal, async (id) =>
      readManifest(withoutSecrets(await engine.readArchive(id, DATA_DIR, task.signal)), onBytes),
    )
    return present.digest === last.digest
  }

  function writeWorld(task: Task<BackupPlan>, engine: Engine, server: ServerRow, file: string) {
    const { signal } = task
    return deps.helpers.onWorld(engine, server, signal, async (id) => {
      const last = listWorldBackups(database, server.id)[0]
      const manifest = createManifest()
      const world = withoutSecrets(await engine.readArchive(id, DATA_DIR, signal))
      const onBytes = beginStep(task, 'Reading the world', last?.worldBytes ?? null)
      const bytes = await writeDraft(file, noting(world, manifest, onBytes), deps.place().ours, signal)
      return { bytes, manifest: manifest.result() }
    })
  }

  async function finish(
    task: Task<BackupPlan>,
    server: ServerRow,
    file: string,
    { bytes, manifest }: { bytes: number; manifest: Manifest },
  ): Promise<WorldBackupRow> {
    const onBytes = beginStep(task, 'Reading the backup back', manifest.bytes)
    const found = await readManifest(readBackup(draftOf(file), task.signal), onBytes)
    const difference = firstDifference(manifest, found)
    if (difference !== null)
      throw new LightNodeError(
        'BACKUP_FAILED',
        `The backup does not read back as it was written: ${difference}.`,
      )
    const at = deps.now()
    const { id, name, type, version, resolvedVersion, memoryMb, diskGb } = server
    const { digest, files } = manifest
    const record: WorldBackupRow = {
      ...{ id: randomId(), serverId: id, serverName: name, reason: task.plan.reason, file, type, version },
      ...{ resolvedVersion, memoryMb, diskGb, bytes, worldBytes: manifest.bytes, files, digest },
      ...{ createdAt: at, verifiedAt: at },
    }
    task.step('Writing the backup down')
    await whenWritable(task.signal, () => task.replan({ ...task.plan, record }))
    await finishDraft(file)
    return written(task, record)
  }

  async function written(task: Task<BackupPlan>, record: WorldBackupRow): Promise<WorldBackupRow> {
    await whenWritable(task.signal, () =>
      database.transaction(() => {
        insertWorldBackup(database, record)
        task.replan({ ...task.plan, draft: null, record: null })
        const size = `${sizeText(record.worldBytes)} in a file of ${sizeText(record.bytes)}`
        const message = `The world of ${record.serverName} was backed up and read back: ${size}.`
        records.note({ id: record.serverId, name: record.serverName }, task.actor, 'world.backed-up', message)
      })(),
    )
    deps.events.publish({ type: 'worlds' })
    return record
  }

  /** What can't be removed now is named by the plan, and removed later. */
  async function dropDraft(task: Task<BackupPlan>): Promise<void> {
    const { draft, record } = task.plan
    if (draft === null) return
    try {
      // It got its name, and could not be recorded.
      if (record && !isMissing(record)) await rm(record.file)
      await removeDraft(draft)
      task.replan({ ...task.plan, draft: null, record: null })
    } catch (error) {
      deps.logger.warn({ serverId: task.serverId, err: error }, 'half of a backup is removed later')
    }
  }
}

function restless(cause: EngineError): LightNodeError {
  const message = `The world could not be read to its end in ${READS} tries: a file of it shrinks meanwhile, or the engine fails (${cause.message}).`
  const remedy = 'The world itself is untouched. Stop the server, or what writes that file, and try again.'
  return new LightNodeError('BACKUP_FAILED', message, { remedy }, { cause })
}
