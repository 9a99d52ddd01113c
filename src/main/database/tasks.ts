import type { ErrorCode } from '../../shared/errors.ts'
import type { TaskKind } from '../../shared/tasks.ts'
import type { Database } from './open.ts'

/** What is, or was, being done to a server. */
export interface TaskRow {
  id: string
  serverId: string
  kind: TaskKind
  actor: string
  /** JSON: what was asked for, and what is needed to finish or to undo it. */
  plan: string
  step: string
  startedAt: number
  endedAt: number | null
  problemCode: ErrorCode | null
  problemMessage: string | null
}

const selectTasks = `SELECT id, server_id AS serverId, kind, actor, plan, step, started_at AS startedAt,
  ended_at AS endedAt, problem_code AS problemCode, problem_message AS problemMessage FROM tasks`

/** @throws SqliteError (UNIQUE) while another task of the server is open */
export function insertTask(
  database: Database,
  task: Pick<TaskRow, 'id' | 'serverId' | 'kind' | 'actor' | 'plan' | 'step' | 'startedAt'>,
): void {
  database
    .prepare(
      `INSERT INTO tasks (id, server_id, kind, actor, plan, step, started_at)
       VALUES (@id, @serverId, @kind, @actor, @plan, @step, @startedAt)`,
    )
    .run(task)
}

export function updateTask(
  database: Database,
  id: string,
  change: { plan: string } | { step: string },
): void {
  const [name, value] = 'plan' in change ? ['plan', change.plan] : ['step', change.step]
  database.prepare(`UPDATE tasks SET ${name} = ? WHERE id = ?`).run(value, id)
}

export function endTask(
  database: Database,
  id: string,
  now: number,
  problem: { code: ErrorCode; message: string } | null,
): void {
  database
    .prepare(
      'UPDATE tasks SET ended_at = ?, problem_code = ?, problem_message = ? WHERE id = ? AND ended_at IS NULL',
    )
    .run(now, problem?.code ?? null, problem?.message ?? null, id)
}

/** Tasks that have not ended: what a start of LightNode finishes or undoes. */
export function openTasks(database: Database): TaskRow[] {
  return database
    .prepare<[], TaskRow>(`${selectTasks} WHERE ended_at IS NULL ORDER BY started_at, rowid`)
    .all()
}

export function findOpenTask(database: Database, serverId: string): TaskRow | null {
  return (
    database
      .prepare<[string], TaskRow>(`${selectTasks} WHERE server_id = ? AND ended_at IS NULL`)
      .get(serverId) ?? null
  )
}

/** The newest task of a server; an open one, wherever the clock has gone since. */
export function findLastTask(database: Database, serverId: string): TaskRow | null {
  return (
    database
      .prepare<[string], TaskRow>(
        `${selectTasks} WHERE server_id = ? ORDER BY ended_at IS NULL DESC, started_at DESC, rowid DESC LIMIT 1`,
      )
      .get(serverId) ?? null
  )
}

/** Forgets what went wrong with a task that has ended. */
export function clearTaskProblem(database: Database, serverId: string): void {
  database
    .prepare(
      'UPDATE tasks SET problem_code = NULL, problem_message = NULL WHERE server_id = ? AND ended_at IS NOT NULL',
    )
    .run(serverId)
}
