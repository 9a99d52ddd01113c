import type { Database } from './open.ts'

export interface Installation {
  id: string
  /** A known text, sealed with the data key. */
  keyCheck: string
}

/** @returns null in a database that was just made */
export function findInstallation(database: Database): Installation | null {
  const row = database.prepare<[], Installation>('SELECT id, key_check AS keyCheck FROM installation').get()
  return row ?? null
}

export function insertInstallation(database: Database, installation: Installation, now: number): void {
  database
    .prepare('INSERT INTO installation (one, id, key_check, created_at) VALUES (1, ?, ?, ?)')
    .run(installation.id, installation.keyCheck, now)
}
