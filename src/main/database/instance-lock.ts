import { join } from 'node:path'
import SqliteDatabase from 'better-sqlite3'

export interface InstanceLock {
  release(): void
}

/** Whom nobody refers to, the collector closes: that would let go of the lock while the process goes on. */
const held = new Set<SqliteDatabase.Database>()

/**
 * Takes a data folder for this process alone. The lock is the kernel's own, on a SQLite file of its own, and
 * goes with the process however that ends: no stale lock can be left behind.
 *
 * @returns null while another process has it
 * @throws Error when the folder can't be written to
 */
export function acquireInstanceLock(dataDir: string): InstanceLock | null {
  const database = new SqliteDatabase(join(dataDir, 'instance.lock'), { timeout: 0 })
  try {
    // Nothing is ever written: no journal file either.
    database.pragma('journal_mode = MEMORY')
    database.pragma('locking_mode = EXCLUSIVE')
    database.exec('BEGIN EXCLUSIVE')
  } catch (error) {
    database.close()
    if (error instanceof SqliteDatabase.SqliteError && error.code.startsWith('SQLITE_BUSY')) return null
    throw error
  }
  held.add(database)
  return {
    release() {
      held.delete(database)
      database.close()
    },
  }
}
