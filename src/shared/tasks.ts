import { z } from 'zod'
import { errorCodeSchema } from './errors.ts'
import { time } from './time.ts'

const taskKinds = ['stop', 'backup', 'change', 'restore', 'revert', 'takeBack'] as const
const taskKindSchema = z.enum(taskKinds)
export type TaskKind = z.infer<typeof taskKindSchema>

/** The words a person reads for each. */
export const taskTexts: Record<TaskKind, string> = {
  stop: 'Stopping',
  backup: 'Backing up',
  change: 'Changing type or version',
  restore: 'Restoring a backup',
  revert: 'Going back to an earlier copy',
  takeBack: 'Going back to the old container',
}

/** What is being done to a server and takes time, or what came of the newest one when that went wrong. */
export const taskSchema = z.object({
  id: z.string(),
  kind: taskKindSchema,
  /** What it is doing now, in a sentence. */
  step: z.string(),
  startedAt: time,
  /** Null while it goes on. */
  problem: z.object({ code: errorCodeSchema, message: z.string(), remedy: z.string() }).nullable(),
  /** Whether it can still be given up without a loss. */
  cancellable: z.boolean(),
  /** The stop took longer than it may: Kill is offered. */
  killable: z.boolean(),
  /** Bytes done; the total is null while it is not known. */
  progress: z.object({ bytes: z.number(), total: z.number().nullable() }).nullable(),
})
export type Task = z.infer<typeof taskSchema>
