import { join } from 'node:path'
import type { DataBackup, DataComparison, DataState } from '../../shared/data.ts'
import { LightNodeError } from '../../shared/errors.ts'
import { backUp } from '../database/backup.ts'
import { type BackupFile, backupFolder, listBackups } from '../database/backup-files.ts'
import { listForComparison } from '../database/comparison.ts'
import type { Database } from '../database/open.ts'
import { openPrivateCopy, removeLeftCopies } from '../database/private-copy.ts'
import type { RecordActivity } from '../observe/activity.ts'
import type { EventHub } from '../observe/events.ts'
import type { Logger } from '../observe/logger.ts'
import { compareServers } from './compare.ts'
import { exportData } from './export.ts'
import { createGate, type Gate } from './gate.ts'
import { endLookOnly, isLookOnly, readDataState } from './look-only.ts'
import { refuseOthers, takeOver } from './restore.ts'

export interface DataDeps {
  database: Database
  dataDir: string
  /** The data key. */
  key: Buffer
  events: EventHub
  activity: RecordActivity
  logger: Logger
  now(): number
  /** Ends launches and tasks; what they have open stays open. Called before the change and once more after it. */
  quiet(): Promise<void>
  /** Called once another content is there: what every start does to it. Only looks. */
  replaced(): void
  /** Goes on with what is open, and looks what is to be done. */
  resume(): void
}

/** LightNode's own database: its copies, the way back to one, and its export. */
export interface DataService {
  state(): DataState
  /** Newest first. */
  backups(): DataBackup[]
  /** @throws LightNodeError BACKUP_FAILED, STORAGE_FAILED */
  backUp(): Promise<DataBackup>
  /** @throws LightNodeError NOT_FOUND, BACKUP_DAMAGED, DATABASE_NEWER, STORAGE_FAILED */
  compare(name: string): Promise<DataComparison>
  /**
   * Puts a copy's content in place of ours, in one transaction; ours is copied first. From then on LightNode only
   * looks.
   *
   * @throws as `compare` and `backUp`; KEY_UNAVAILABLE when the copy was sealed by another key; INVALID_INPUT for
   *   one of another installation; BUSY; nothing is changed then
   */
  restore(name: string, actor: string): Promise<DataState>
  /** Ends the looking, and goes on with what is to be done. */
  confirm(actor: string): Promise<DataState>
  /** @returns the file's path. @throws as `backUp` */
  export(password: string, actor: string): Promise<{ file: string }>
  /** Does what changes something. @throws LightNodeError LOOK_ONLY; BUSY while a copy is being restored */
  act: Gate['act']
}

export function createDataService(deps: DataDeps): DataService {
  const { database, dataDir, events, activity, now } = deps
  const gate = createGate(() => isLookOnly(database))
  removeLeftCopies(dataDir)

  function find(name: string): BackupFile {
    const backup = listBackups(dataDir).find((one) => one.name === name)
    if (!backup) throw new LightNodeError('NOT_FOUND', `There is no copy called ${name}.`)
    return backup
  }
  const open = ({ name }: BackupFile) => openPrivateCopy(join(backupFolder(dataDir), name), dataDir)

  async function restore(name: string, actor: string): Promise<DataState> {
    const copy = open(find(name))
    let cutOff = false
    const quiet = () => {
      cutOff = true
      return deps.quiet()
    }
    try {
      refuseOthers(database, deps.key, copy)
      await gate.alone(quiet, () => takeOver(deps, { name, copy, actor, now: now() }))
    } catch (error) {
      if (cutOff && !isLookOnly(database)) deps.resume()
      throw error
    } finally {
      copy.close()
    }
    deps.logger.warn({ name, actor }, 'the database went back to a copy')
    try {
      // What began between the first and the change; from now on nothing more does.
      await deps.quiet()
      deps.replaced()
    } finally {
      // Everything that a window knows may be another thing now: each begins anew.
      events.restart()
    }
    return readDataState(database)
  }

  return {
    act: gate.act,
    state: () => readDataState(database),
    backups: () => listBackups(dataDir),
    async backUp() {
      const made = await backUp(database, dataDir, 'asked', now())
      events.publish({ type: 'data' })
      return made
    },
    async compare(name) {
      const backup = find(name)
      const copy = open(backup)
      try {
        const changes = compareServers(listForComparison(database), listForComparison(copy.database))
        return { name, at: backup.at, ...changes }
      } finally {
        copy.close()
      }
    },
    restore,
    async confirm(actor) {
      const { lookOnly } = readDataState(database)
      if (!lookOnly) return { lookOnly }
      endLookOnly(database)
      activity({ actor, action: 'data.confirmed', message: 'The restored data was confirmed.' })
      events.publish({ type: 'data' })
      deps.resume()
      return readDataState(database)
    },
    async export(password, actor) {
      const file = await exportData(deps, password, now())
      activity({ actor, action: 'data.exported', message: `Database and key were exported to ${file}.` })
      return { file }
    },
  }
}
