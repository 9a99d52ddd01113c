import { rm } from 'node:fs/promises'
import type { WorldSettings } from '../../shared/settings.ts'
import type { Database } from '../database/open.ts'
import { listServers } from '../database/servers.ts'
import { deleteWorldBackup, listWorldBackups, type WorldBackupRow } from '../database/world-backups.ts'
import { backupsInUse } from '../database/world-tasks.ts'
import type { RecordActivity } from '../observe/activity.ts'
import { isMissing } from './backup-file.ts'
import { tooMany } from './retention.ts'

const GB = 1024 ** 3

export interface TidyDailiesDeps {
  database: Database
  activity: RecordActivity
  settings(): WorldSettings
}

/**
 * Removes the daily backups that are too many. Called right after a new one was verified, and at no other time: no
 * clock removes a backup. What a person asked for, what is of a deleted server, what a restore reads and what is not
 * in its place are left alone.
 */
export async function tidyDailies(deps: TidyDailiesDeps, made: WorldBackupRow): Promise<void> {
  const { database } = deps
  const { keep, keepGb } = deps.settings()
  const servers = new Set(listServers(database).map(({ id }) => id))
  const dailies = listWorldBackups(database, null)
    .reverse()
    .filter((one) => one.reason === 'daily' && servers.has(one.serverId) && !isMissing(one))
  if (!dailies.some(({ id }) => id === made.id)) return
  const inUse = backupsInUse(database)
  for (const backup of tooMany(dailies, { keep, keepBytes: keepGb * GB })) {
    const row = dailies.find(({ id }) => id === backup.id)
    if (row && !inUse.includes(row.id)) await remove(deps, row)
  }
}

async function remove({ database, activity }: TidyDailiesDeps, backup: WorldBackupRow): Promise<void> {
  const about = { serverId: backup.serverId, serverName: backup.serverName }
  const which = `the daily backup of ${backup.serverName} of ${new Date(backup.createdAt).toISOString()}`
  try {
    // The file first: a record without one is shown, a file without a record is lost from sight.
    await rm(backup.file)
    deleteWorldBackup(database, backup.id)
    activity({ ...about, action: 'world.backup-removed', message: `Newer ones took the place of ${which}.` })
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    activity({
      ...about,
      level: 'warning',
      action: 'world.backup-kept',
      message: `After a newer backup ${which} could not be removed: ${why}`,
    })
  }
}
