import type { ErrorCode } from '../../shared/errors.ts'
import { type RunState, type StepName, type StepState, stepNames } from '../../shared/model.ts'
import type { Database } from './open.ts'

export interface RunRow {
  id: string
  serverId: string
  state: RunState
  startedAt: number
  endedAt: number | null
  problemCode: ErrorCode | null
  problemMessage: string | null
}

export interface StepRow {
  name: StepName
  state: StepState
  detail: string | null
  startedAt: number | null
  endedAt: number | null
}

const runColumns = `id, server_id AS serverId, state, started_at AS startedAt, ended_at AS endedAt,
  problem_code AS problemCode, problem_message AS problemMessage`

/** Opens a run with all its steps, pending. One open run per server: a second one violates UNIQUE. */
export function insertRun(
  database: Database,
  run: { id: string; serverId: string; startedAt: number },
): void {
  database
    .prepare(
      "INSERT INTO runs (id, server_id, state, started_at) VALUES (@id, @serverId, 'running', @startedAt)",
    )
    .run(run)
  const step = database.prepare(
    "INSERT INTO run_steps (run_id, position, name, state) VALUES (?, ?, ?, 'pending')",
  )
  for (const [position, name] of stepNames.entries()) step.run(run.id, position, name)
}

/** The newest run of a server; an open one, wherever the clock has gone since. */
export function findLastRun(database: Database, serverId: string): RunRow | null {
  return (
    database
      .prepare<[string], RunRow>(
        `SELECT ${runColumns} FROM runs WHERE server_id = ?
         ORDER BY ended_at IS NULL DESC, started_at DESC, rowid DESC LIMIT 1`,
      )
      .get(serverId) ?? null
  )
}

/** Runs that have not ended: what a start of LightNode goes on with. */
export function openRuns(database: Database): RunRow[] {
  return database
    .prepare<[], RunRow>(`SELECT ${runColumns} FROM runs WHERE ended_at IS NULL ORDER BY started_at, rowid`)
    .all()
}

export function listSteps(database: Database, runId: string): StepRow[] {
  return database
    .prepare<[string], StepRow>(
      `SELECT name, state, detail, started_at AS startedAt, ended_at AS endedAt
       FROM run_steps WHERE run_id = ? ORDER BY position`,
    )
    .all(runId)
}

/** Writes a step's state; the first start stays until it is pending again, an end is set with `done` and `failed` alone. */
export function updateStep(
  database: Database,
  runId: string,
  step: { name: StepName; state: StepState; detail: string | null },
  now: number,
): void {
  const ended = step.state === 'done' || step.state === 'failed' ? now : null
  database
    .prepare(
      `UPDATE run_steps SET state = ?, detail = ?, started_at = CASE WHEN ? THEN NULL ELSE COALESCE(started_at, ?) END,
         ended_at = ?
       WHERE run_id = ? AND name = ?`,
    )
    .run(step.state, step.detail, Number(step.state === 'pending'), now, ended, runId, step.name)
}

export function setRunState(database: Database, runId: string, state: 'running' | 'waiting'): void {
  database.prepare('UPDATE runs SET state = ? WHERE id = ? AND ended_at IS NULL').run(state, runId)
}

export function endRun(
  database: Database,
  runId: string,
  outcome: { state: 'succeeded' | 'cancelled' } | { state: 'failed'; code: ErrorCode; message: string },
  now: number,
): void {
  const failed = outcome.state === 'failed' ? outcome : null
  database
    .prepare(
      `UPDATE runs SET state = ?, ended_at = ?, problem_code = ?, problem_message = ?
       WHERE id = ? AND ended_at IS NULL`,
    )
    .run(outcome.state, now, failed?.code ?? null, failed?.message ?? null, runId)
}

/** Ends the open run of a server as given up; its step that was under way is pending again. */
export function cancelRun(database: Database, serverId: string, now: number): void {
  database.transaction(() => {
    database
      .prepare(
        `UPDATE run_steps SET state = 'pending', detail = 'Given up', ended_at = NULL
         WHERE state IN ('running', 'waiting')
           AND run_id IN (SELECT id FROM runs WHERE server_id = ? AND ended_at IS NULL)`,
      )
      .run(serverId)
    database
      .prepare("UPDATE runs SET state = 'cancelled', ended_at = ? WHERE server_id = ? AND ended_at IS NULL")
      .run(now, serverId)
  })()
}
