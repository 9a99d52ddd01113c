import { Loader, Progress, VisuallyHidden } from '@mantine/core'
import { IconCheck, IconClock, IconX } from '@tabler/icons-react'
import type { Problem, Step, StepState } from '../../../shared/model.ts'
import { formatDuration } from '../../components/format.ts'
import { useApp } from '../../store/store.ts'
import { LogLines } from './log-lines.tsx'
import styles from './server.module.css'
import {
  describeProgress,
  percent,
  stepLength,
  stepPurposes,
  stepStateTexts,
  stepTitles,
  wantsLog,
} from './steps.ts'

interface Props {
  step: Step
  serverId: string
  now: number
  problem: Problem | null
}

/** One step of a run: its state, what it is doing and how long it took. */
export function StepRow({ step, serverId, now, problem }: Props) {
  const length = stepLength(step, now)
  const image = useApp((state) => state.settings?.image ?? null)
  // The notice above the steps has said it already, but for which image it was.
  const told = step.detail === problem?.message
  const failedPull = told && step.name === 'image' && step.state === 'failed'
  const detail = failedPull ? image : told ? null : step.detail
  return (
    <li
      className={styles.step}
      data-state={step.state}
      aria-current={step.state === 'running' ? 'step' : undefined}
    >
      <Mark state={step.state} />
      <div className={styles.stepBody}>
        <div className={styles.stepHead}>
          <span className={styles.stepTitle}>{stepTitles[step.name]}</span>
          <VisuallyHidden>{stepStateTexts[step.state]}</VisuallyHidden>
          <span className={styles.stepDetail}>{detail ?? stepPurposes[step.name]}</span>
          <span className={styles.stepTime}>{length === null ? '' : formatDuration(length)}</span>
        </div>
        {step.progress && step.state === 'running' && (
          <div className={styles.pull}>
            <Progress.Root size={6} radius="xl">
              <Progress.Section value={percent(step.progress)} aria-label="Image download" />
            </Progress.Root>
            <span className="secondary small numbers">{describeProgress(step.progress)}</span>
          </div>
        )}
        {wantsLog(step, problem) && <LogLines serverId={serverId} live={step.state !== 'failed'} />}
      </div>
    </li>
  )
}

function Mark({ state }: { state: StepState }) {
  return (
    <span className={styles.mark} data-state={state} aria-hidden>
      {state === 'running' && <Loader size={16} color="var(--ln-busy)" />}
      {state === 'done' && <IconCheck size={12} stroke={3} />}
      {state === 'failed' && <IconX size={12} stroke={3} />}
      {state === 'waiting' && <IconClock size={16} stroke={1.75} />}
    </span>
  )
}
