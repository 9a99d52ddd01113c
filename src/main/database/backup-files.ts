import { existsSync, readdirSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { inspectCopy } from './copies.ts'

/** Older ones go when a new one is there. */
const KEPT = 14
const NAME = /^lightnode-(\d{4}-\d{2}-\d{2}T\d{2}-\d{2}-\d{2}-\d{3}Z)-([a-z0-9-]+)\.db$/

export type BackupReason = 'daily' | 'asked' | 'before-restore' | `before-migration-${number}`

export interface BackupFile {
  /** The file's name in the backups folder. */
  name: string
  reason: string
  /** Milliseconds since 1970, read from the name: a copied file keeps it. */
  at: number
  bytes: number
}

/** Where the copies of a data folder's database live. */
export function backupFolder(dataDir: string): string {
  return join(dataDir, 'backups')
}

export function backupName(reason: BackupReason, at: number): string {
  return `lightnode-${stampOf(at)}-${reason}.db`
}

/** A time as names of files have it. */
export function stampOf(at: number): string {
  return new Date(at).toISOString().replace(/[:.]/g, '-')
}

/** The copies of a data folder, newest first. */
export function listBackups(dataDir: string): BackupFile[] {
  const folder = backupFolder(dataDir)
  if (!existsSync(folder)) return []
  return readdirSync(folder)
    .flatMap((name) => {
      const [, stamp, reason] = NAME.exec(name) ?? []
      if (!stamp || !reason) return []
      const at = Date.parse(stamp.replace(/T(\d\d)-(\d\d)-(\d\d)-(\d{3})Z/, 'T$1:$2:$3.$4Z'))
      return [{ name, reason, at, bytes: statSync(join(folder, name)).size }]
    })
    .sort((a, b) => b.at - a.at)
}

/** The newest copy that opens, is whole and of no newer LightNode; null when there is none. */
export function newestGoodBackup(dataDir: string): BackupFile | null {
  const isGood = ({ name }: BackupFile) => {
    try {
      inspectCopy(join(backupFolder(dataDir), name))
      return true
    } catch {
      return false
    }
  }
  return listBackups(dataDir).find(isGood) ?? null
}

/**
 * Lets the oldest copies go, of whatever reason, until 14 are left.
 *
 * @param made the newest; those that seem to be later were made before the clock was set back, so they are older
 */
export function pruneBackups(dataDir: string, made: BackupFile): void {
  const others = listBackups(dataDir).filter(({ name }) => name !== made.name)
  const later = others.filter(({ at }) => at > made.at)
  const earlier = others.filter(({ at }) => at <= made.at)
  for (const { name } of [...earlier, ...later].slice(KEPT - 1))
    rmSync(join(backupFolder(dataDir), name), { force: true })
}
