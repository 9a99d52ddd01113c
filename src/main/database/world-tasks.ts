import type { Database } from './open.ts'

// What tasks about worlds leave in their plans, and whether it still counts.

/** A number that grows with what happens; see `wasRestoredSince`. */
export function happeningsSoFar(database: Database): number {
  return database.prepare<[], number>('SELECT COALESCE(MAX(id), 0) FROM activity').pluck().get() ?? 0
}

/**
 * Whether the database went back to an earlier copy of itself after this number was asked for. Then what a plan
 * calls half-made may have been finished since, and hold the world that a server has now.
 */
export function wasRestoredSince(database: Database, happenings: number): boolean {
  return (
    database
      .prepare(
        "SELECT 1 FROM activity WHERE id > ? AND action IN ('data.restored', 'data.confirmed') LIMIT 1",
      )
      .get(happenings) !== undefined
  )
}

export interface EndedPlan {
  id: string
  serverId: string
  /** JSON. */
  plan: string
}

/** Plans of tasks that have ended and could not undo all of what they had begun. */
export function plansWithLeftovers(database: Database): EndedPlan[] {
  return database
    .prepare<[], EndedPlan>(
      `SELECT id, server_id AS serverId, plan FROM tasks
       WHERE ended_at IS NOT NULL
         AND (plan ->> '$.making' IS NOT NULL OR plan ->> '$.draft' IS NOT NULL OR plan ->> '$.savingOff' = 1)`,
    )
    .all()
}

/** Backups that a task which is open reads. */
export function backupsInUse(database: Database): string[] {
  return database
    .prepare<[], string>(
      "SELECT plan ->> '$.backupId' FROM tasks WHERE ended_at IS NULL AND plan ->> '$.backupId' IS NOT NULL",
    )
    .pluck()
    .all()
}
