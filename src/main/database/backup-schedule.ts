import { backUp } from './backup.ts'
import { type BackupFile, listBackups } from './backup-files.ts'
import type { Database } from './open.ts'

const DAY = 24 * 60 * 60_000
const LOOK = 60 * 60_000

export interface BackupScheduleOptions {
  database: Database
  dataDir: string
  now(): number
  onDone(backup: BackupFile): void
  onError(error: unknown): void
}

/** Looks every hour whether the newest copy is a day old, also after a sleep. @returns ends it */
export function keepBackedUp(options: BackupScheduleOptions): () => Promise<void> {
  let running: Promise<void> = Promise.resolve()
  const look = () => {
    running = backUpIfDue(options)
  }
  look()
  const timer = setInterval(look, LOOK)
  return async () => {
    clearInterval(timer)
    await running
  }
}

async function backUpIfDue({
  database,
  dataDir,
  now,
  onDone,
  onError,
}: BackupScheduleOptions): Promise<void> {
  try {
    // One from the future was made before the clock was set back: it says nothing of today.
    const newest = listBackups(dataDir).find(({ at }) => at <= now())
    if (newest && now() - newest.at < DAY) return
    onDone(await backUp(database, dataDir, 'daily', now()))
  } catch (error) {
    onError(error)
  }
}
