import type { Server } from '../../../shared/model.ts'
import type { Task, TaskKind } from '../../../shared/tasks.ts'
import { formatBytes } from '../../components/format.ts'
import type { Problem } from '../../problem.ts'

/** Beside a status there is room for a word or two. */
const shortTexts: Record<TaskKind, string> = {
  stop: 'Stopping',
  backup: 'Backing up',
  change: 'Changing',
  restore: 'Restoring',
  takeBack: 'Going back',
  revert: 'Going back',
}

/** The task that goes on; null for none. */
export function underWay({ task }: Pick<Server, 'task'>): Task | null {
  return task && task.problem === null ? task : null
}

/** What a list says under a status, and how: what is being done, what went wrong, or that somebody meddled. */
export function underStatus({
  task,
  drift,
}: Pick<Server, 'task' | 'drift'>): { text: string; failed: boolean } | null {
  if (task?.problem) return { text: `${shortTexts[task.kind]} failed`, failed: true }
  if (task) return { text: `${shortTexts[task.kind]}…`, failed: false }
  if (drift.length) return { text: 'Changed outside', failed: false }
  return null
}

/** What a task is doing: "Copying the world: 312 MB of 1.2 GB". */
export function describeTask({ step, progress }: Pick<Task, 'step' | 'progress'>): string {
  if (!progress) return step
  const { bytes, total } = progress
  const done = formatBytes(bytes)
  return `${step}: ${total === null ? done : `${done} of ${formatBytes(total)}`}`
}

/** How far it is, 0 to 100; null while nobody can tell. */
export function taskPercent({ progress }: Pick<Task, 'progress'>): number | null {
  if (!progress?.total) return null
  return Math.min(100, (progress.bytes / progress.total) * 100)
}

export interface MainButton {
  does: 'start' | 'stop'
  /** Under way already. */
  busy: boolean
  /** Something else has to be done first. */
  disabled: boolean
}

/** The one button beside a server's name; null where the page itself says what can be done. */
export function mainButton(server: Pick<Server, 'status' | 'addressFinal' | 'task'>): MainButton | null {
  const { status, addressFinal } = server
  const task = underWay(server)
  const busy = task?.kind === 'stop'
  if (status === 'stopped') return { does: 'start', busy, disabled: task !== null }
  // A start is given up where its steps are shown.
  if (status === 'starting' && addressFinal) return { does: 'stop', busy, disabled: true }
  return status === 'online' ? { does: 'stop', busy, disabled: task !== null } : null
}

/** True while its launch can be given up. */
export function canGiveUpStart(server: Pick<Server, 'run' | 'task'>): boolean {
  return server.run?.endedAt === null && underWay(server) === null
}

/** A task's problem is told in its own place: whoever waited for it need not say it again. */
export function isToldByTask({ task }: Pick<Server, 'task'>, problem: Problem): boolean {
  return task?.problem?.code === problem.code && task.problem.message === problem.message
}
