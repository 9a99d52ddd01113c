import { LightNodeError } from '../../shared/errors.ts'
import type { TaskKind } from '../../shared/tasks.ts'
import { taskTexts } from '../../shared/tasks.ts'
import type { Database } from '../database/open.ts'
import { endTask, findOpenTask, insertTask, openTasks, type TaskRow, updateTask } from '../database/tasks.ts'
import type { Logger } from '../observe/logger.ts'
import { randomId } from '../provisioning/names.ts'
import { toLightNodeError } from './engine-error.ts'
import type { ServerViews, TaskShow } from './view.ts'
import { whenWritable } from './when-writable.ts'

/** What a kind of task does; it must be safe to begin again, after a crash with the plan as it was written last. */
export type TaskWork<Plan, Result> = (task: Task<Plan>) => Promise<Result>

/** The works of the kinds, for `resume`. */
export type TaskWorks = { [Kind in TaskKind]?: TaskWork<never, unknown> }

type StepFlags = Partial<Pick<TaskShow, 'cancellable' | 'killable'>>

/** A task as its work sees it. */
export interface Task<Plan = unknown> {
  readonly id: string
  readonly serverId: string
  readonly actor: string
  readonly plan: Plan
  readonly signal: AbortSignal
  /** True when a crash had cut it off. */
  readonly resumed: boolean
  /** Says what it is doing now; `cancellable` and `killable` are false when left out. */
  step(text: string, show?: StepFlags): void
  progress(bytes: number, total: number | null): void
  /** Written down before anything that the new plan is needed for. */
  replan(plan: Plan): void
}

export interface TasksDeps {
  database: Database
  views: ServerViews
  logger: Logger
  now(): number
}

/** What takes time and is done to one server after another: durable, one at a time per server. */
export interface Tasks {
  /**
   * Opens a task and does its work.
   *
   * @throws LightNodeError BUSY while another is open; CANCELLED; what the work throws, in the catalogue's words
   */
  run<Plan, Result>(
    serverId: string,
    kind: TaskKind,
    plan: Plan,
    actor: string,
    work: TaskWork<Plan, Result>,
  ): Promise<Result>
  /** The kind of the task that is open for the server; null for none. */
  current(serverId: string): TaskKind | null
  /** @throws LightNodeError BUSY while a task is open, naming it */
  refuseBusy(serverId: string): void
  /** Gives the open task up; resolves when it has ended. @throws LightNodeError BUSY when it can't be given up */
  cancel(serverId: string): Promise<void>
  /** The same whatever it is doing, for who takes over what it was about. */
  takeOver(serverId: string): Promise<void>
  /** Resolves when the task that is under way has ended, however it did; at once when there is none. */
  done(serverId: string): Promise<void>
  /** Changes the plan of what is under way. @returns false when no task of this kind is */
  replan<Plan>(serverId: string, kind: TaskKind, change: (plan: Plan) => Plan): boolean
  /** Goes on with the tasks that a crash left open, by the work of their kind. */
  resume(works: TaskWorks): void
  /** Called after each task, however it ended. */
  onEnd(listener: (serverId: string) => void): () => void
  /** Cuts off what is under way; its rows stay open for the next start. */
  stop(): Promise<void>
}

interface Job {
  kind: TaskKind
  abort: AbortController
  show: TaskShow
  task: Task<unknown>
  done: Promise<unknown>
}

/** The reason of an abort that leaves the row open. */
class CutOff extends Error {
  override readonly name = 'CutOff'
}

/** True when LightNode ends: the row stays open and the next start goes on. Nothing is undone then. */
export function isCutOff(signal: AbortSignal): boolean {
  return signal.reason instanceof CutOff
}

export function createTasks({ database, views, logger, now }: TasksDeps): Tasks {
  const jobs = new Map<string, Job>()
  const listeners = new Set<(serverId: string) => void>()
  let ending = new AbortController()

  function refuseBusy(serverId: string): void {
    const job = jobs.get(serverId)
    if (job)
      throw new LightNodeError('BUSY', `${taskTexts[job.kind]}: ${job.show.step}. Wait until it is done.`)
    const left = findOpenTask(database, serverId)
    if (left) throw new LightNodeError('BUSY', `${taskTexts[left.kind]}: it goes on in a moment.`)
  }

  function begin<Plan, Result>(
    row: Pick<TaskRow, 'id' | 'serverId' | 'kind' | 'actor'>,
    plan: Plan,
    resumed: boolean,
    work: TaskWork<Plan, Result>,
  ): Promise<Result> {
    const { id, serverId, kind, actor } = row
    const abort = new AbortController()
    const show: TaskShow = { step: taskTexts[kind], cancellable: false, killable: false, progress: null }
    const task = {
      ...{ id, serverId, actor, resumed, signal: abort.signal, plan },
      step(text: string, flags: StepFlags = {}) {
        Object.assign(show, { cancellable: false, killable: false, progress: null }, flags, { step: text })
        updateTask(database, id, { step: text })
        views.publish(serverId)
      },
      progress(bytes: number, total: number | null) {
        show.progress = { bytes, total }
        views.publish(serverId)
      },
      replan(next: Plan) {
        updateTask(database, id, { plan: JSON.stringify(next) })
        task.plan = next
      },
    }
    views.setTask(serverId, show)
    const done = finish(task, kind, work, abort.signal)
    jobs.set(serverId, { kind, abort, show, task: task as Task<unknown>, done: done.catch(() => {}) })
    return done
  }

  async function finish<Plan, Result>(
    task: Task<Plan>,
    kind: TaskKind,
    work: TaskWork<Plan, Result>,
    signal: AbortSignal,
  ): Promise<Result> {
    // The caller's own turn first: the job is in its place when the work begins.
    await Promise.resolve()
    let outcome: { result: Result } | { error: unknown }
    try {
      outcome = { result: await work(task) }
    } catch (error) {
      outcome = { error }
    }
    if ('result' in outcome) {
      await close(task.id, task.serverId, null)
      return outcome.result
    }
    if (isCutOff(signal)) throw leaveOpen(task.serverId)
    const problem = signal.aborted ? new LightNodeError('CANCELLED') : toLightNodeError(outcome.error)
    if (!signal.aborted) logger.warn({ serverId: task.serverId, kind, err: outcome.error }, 'a task failed')
    const told = problem instanceof LightNodeError ? problem : new LightNodeError('INTERNAL')
    await close(task.id, task.serverId, signal.aborted ? null : told)
    throw problem
  }

  function leaveOpen(serverId: string): LightNodeError {
    jobs.delete(serverId)
    views.setTask(serverId, null)
    return new LightNodeError('BUSY', 'LightNode is ending; this goes on at its next start.')
  }

  async function close(id: string, serverId: string, problem: LightNodeError | null): Promise<void> {
    const { signal } = ending
    try {
      await whenWritable(signal, () => endTask(database, id, now(), problem))
    } catch (error) {
      throw signal.aborted ? leaveOpen(serverId) : error
    }
    jobs.delete(serverId)
    views.setTask(serverId, null)
    views.publish(serverId)
    for (const listener of listeners) listener(serverId)
  }

  async function giveUp(job: Job): Promise<void> {
    job.abort.abort(new LightNodeError('CANCELLED'))
    await job.done
  }

  return {
    async run(serverId, kind, plan, actor, work) {
      refuseBusy(serverId)
      const row = { id: randomId(), serverId, kind, actor }
      insertTask(database, { ...row, plan: JSON.stringify(plan), step: '', startedAt: now() })
      return begin(row, plan, false, work)
    },
    current: (serverId) => jobs.get(serverId)?.kind ?? findOpenTask(database, serverId)?.kind ?? null,
    refuseBusy,
    async cancel(serverId) {
      const job = jobs.get(serverId)
      if (!job) return
      if (!job.show.cancellable)
        throw new LightNodeError(
          'BUSY',
          `${job.show.step}: this can't be given up any more; wait until it is done.`,
        )
      await giveUp(job)
    },
    async takeOver(serverId) {
      const job = jobs.get(serverId)
      if (job) await giveUp(job)
    },
    async done(serverId) {
      await jobs.get(serverId)?.done
    },
    replan<Plan>(serverId: string, kind: TaskKind, change: (plan: Plan) => Plan) {
      const job = jobs.get(serverId)
      if (job?.kind !== kind) return false
      job.task.replan(change(job.task.plan as Plan))
      return true
    },
    resume(works) {
      for (const row of openTasks(database)) {
        const work = works[row.kind] as TaskWork<unknown, unknown> | undefined
        if (!work || jobs.has(row.serverId)) continue
        begin(row, JSON.parse(row.plan) as unknown, true, work).catch((error: unknown) =>
          logger.warn(
            { serverId: row.serverId, kind: row.kind, err: error },
            'a task that was cut off failed',
          ),
        )
      }
    },
    onEnd(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    async stop() {
      ending.abort(new CutOff())
      for (const { abort } of jobs.values()) abort.abort(new CutOff())
      await Promise.all([...jobs.values()].map(({ done }) => done))
      ending = new AbortController()
    },
  }
}
