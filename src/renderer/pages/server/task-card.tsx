import { Loader, Progress } from '@mantine/core'
import { useEffect } from 'react'
import type { Server } from '../../../shared/model.ts'
import { type Task, taskTexts } from '../../../shared/tasks.ts'
import { formatDuration } from '../../components/format.ts'
import { takeLostFocus } from '../../components/lost-focus.ts'
import { Notice } from '../../components/notice.tsx'
import { useAction } from '../../components/use-action.ts'
import { useNow } from '../../components/use-now.ts'
import { useApp, useClient } from '../../store/store.ts'
import { CancelButton } from './cancel-button.tsx'
import { OverdueNotice } from './overdue-notice.tsx'
import styles from './task.module.css'
import { describeTask, taskPercent } from './task-words.ts'

/** What is being done to the server and takes time, or what came of it when that went wrong. */
export function TaskCard({ server }: { server: Server }) {
  const { task } = server
  const shape = task && `${task.id} ${task.killable} ${task.cancellable} ${task.problem === null}`
  // A button that had the focus may be gone with the step that it belonged to.
  // biome-ignore lint/correctness/useExhaustiveDependencies: each change of shape is the reason.
  useEffect(() => () => takeLostFocus(), [shape])
  if (!task) return null
  if (task.problem) return <FailedTask server={server} task={task} problem={task.problem} />
  return task.killable ? (
    <OverdueNotice server={server} step={task.step} />
  ) : (
    <OpenTask server={server} task={task} />
  )
}

function OpenTask({ server, task }: { server: Server; task: Task }) {
  const now = useNow(1000)
  const done = taskPercent(task)
  return (
    <section className={`card ${styles.task}`} aria-label="In progress">
      <Loader size={16} color="var(--ln-busy)" aria-hidden />
      <div>
        <p className={styles.words}>
          <span className={styles.title}>{taskTexts[task.kind]}</span>
          <span className={styles.step}>{describeTask(task)}</span>
        </p>
        {done !== null && (
          <Progress.Root size={6} radius="xl" className={styles.bar ?? ''}>
            <Progress.Section value={done} aria-label={task.step} />
          </Progress.Root>
        )}
      </div>
      <span className={`secondary numbers small ${styles.time}`}>
        {formatDuration(Math.max(1000, now - task.startedAt))}
      </span>
      {task.cancellable && <CancelButton server={server} what={taskTexts[task.kind]} />}
    </section>
  )
}

interface FailedProps {
  server: Server
  task: Task
  problem: NonNullable<Task['problem']>
}

function FailedTask({ server, task, problem }: FailedProps) {
  const client = useClient()
  const putServer = useApp((state) => state.putServer)
  const action = useAction()
  const dismiss = () =>
    void action.run(async () => putServer(await client.servers.dismissTask({ id: server.id })))
  return (
    <Notice tone="failed" title={`${taskTexts[task.kind]} failed`} onClose={dismiss}>
      <p>
        {problem.message} {problem.remedy}
      </p>
      {action.problem && <p>{action.problem.message}</p>}
    </Notice>
  )
}
