import type { Problem, Progress, Server, Step, StepName, StepState } from '../../../shared/model.ts'
import { formatBytes } from '../../components/format.ts'

export const stepTitles: Record<StepName, string> = {
  reserve: 'Reserve',
  image: 'Image',
  container: 'Container',
  start: 'Start',
  verify: 'Verify',
}

export const stepStateTexts: Record<StepState, string> = {
  pending: 'to do',
  running: 'under way',
  waiting: 'waiting',
  done: 'done',
  failed: 'failed',
}

/** What a step is for, while the core has nothing to say about it. */
export const stepPurposes: Record<StepName, string> = {
  reserve: 'A port, an address and passwords',
  image: 'The game, downloaded when it is missing',
  container: 'Made with its world volume',
  start: 'The container is started',
  verify: 'The game answers a ping, and RCON accepts the password',
}

/** True while the steps are what matters: until the newest run has brought the server Online. */
export function showsProgress({ run, status }: Server): boolean {
  if (!run || status === 'online' || status === 'stopped') return false
  return run.state !== 'succeeded'
}

/** True while the server waits for someone else to let go of its port. */
export function waitsForPort({ run, status }: Server): boolean {
  if (status === 'waiting' || run?.endedAt !== null) return false
  return run.steps.some(({ name, state }) => name === 'start' && state === 'waiting')
}

const finished = /complete|exists/i

/** A pull in words: "312 MB of 1.2 GB, 4 of 9 layers"; the total grows while the engine learns of layers. */
export function describeProgress({ current, total, layers }: Progress): string {
  const bytes = total > 0 ? `${formatBytes(current)} of ${formatBytes(total)}` : formatBytes(current)
  if (!layers.length) return bytes
  const done = layers.filter(({ status }) => finished.test(status)).length
  return `${bytes}, ${done} of ${layers.length} layers`
}

/** How far a pull is, 0 to 100. */
export const percent = ({ current, total }: Progress): number =>
  total > 0 ? Math.min(100, (current / total) * 100) : 0

/** True where the container's own words explain the step: under a start or verify that fails or takes its time. */
export function wantsLog(step: Step, problem: Problem | null): boolean {
  if (step.name === 'verify') return step.state !== 'pending' && step.state !== 'done'
  return step.name === 'start' && step.state === 'failed' && problem?.code === 'EXITED_EARLY'
}

/** Milliseconds that a step has taken; null before it began, and for one that was given up, which took no end. */
export function stepLength({ state, startedAt, endedAt }: Step, now: number): number | null {
  return startedAt === null || state === 'pending' ? null : (endedAt ?? now) - startedAt
}
