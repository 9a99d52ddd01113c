import { Button, Progress } from '@mantine/core'
import { Link } from 'wouter'
import type { Server } from '../../../shared/model.ts'
import type { Task } from '../../../shared/tasks.ts'
import { takeLostFocus } from '../../components/lost-focus.ts'
import { ProblemNotice } from '../../components/notice.tsx'
import { useAction } from '../../components/use-action.ts'
import { useApp, useClient } from '../../store/store.ts'
import { describeTask, taskPercent } from '../server/task-words.ts'
import styles from './backups-page.module.css'
import { backupTasks } from './backups-words.ts'

/** Backups that go on, each with its progress, and those that went wrong. */
export function UnderWay() {
  const servers = useApp((state) => state.servers)
  const tasks = backupTasks(servers)
  if (!tasks.length) return null
  return (
    <ul className={styles.tasks} aria-label="Under way">
      {tasks.map((server) => server.task && <TaskLine key={server.id} server={server} task={server.task} />)}
    </ul>
  )
}

function TaskLine({ server, task }: { server: Server; task: Task }) {
  const client = useClient()
  const putServer = useApp((state) => state.putServer)
  const action = useAction()
  const { id, name } = server
  const ask = (call: () => Promise<Server>) =>
    void action.run(async () => putServer(await call())).then(() => takeLostFocus())
  if (task.problem)
    return (
      <li>
        <ProblemNotice
          problem={{ ...task.problem, message: `${name}: ${task.problem.message}` }}
          onClose={() => ask(() => client.servers.dismissTask({ id }))}
        />
      </li>
    )
  const percent = taskPercent(task)
  return (
    <li className={`card ${styles.task}`}>
      <div className={styles.taskLine}>
        <p className={styles.doing}>
          <Link href={`/servers/${id}`}>{name}</Link>{' '}
          <span className="secondary numbers">{describeTask(task)}</span>
        </p>
        {task.cancellable && (
          <Button
            variant="default"
            aria-label={`Cancel the backup of ${name}`}
            loading={action.busy}
            onClick={() => ask(() => client.servers.cancel({ id }))}
          >
            Cancel
          </Button>
        )}
      </div>
      {percent !== null && <Progress value={percent} size={4} aria-label={`Backup of ${name}`} />}
      {action.problem && <ProblemNotice problem={action.problem} onClose={action.dismiss} />}
    </li>
  )
}
