import { Button } from '@mantine/core'
import { formatAddress } from '../../../shared/describe.ts'
import type { Server } from '../../../shared/model.ts'
import { formatDuration } from '../../components/format.ts'
import { useNow } from '../../components/use-now.ts'
import { CancelButton } from './cancel-button.tsx'
import { RunProblem } from './run-problem.tsx'
import styles from './server.module.css'
import { StepRow } from './step-row.tsx'
import { waitsForPort } from './steps.ts'
import { canGiveUpStart } from './task-words.ts'
import type { ServerActions } from './use-server-actions.tsx'

/** The way to Online, step by step, and what to do where it stopped. */
export function ProgressCard({ server, actions }: { server: Server; actions: ServerActions }) {
  const running = server.run?.endedAt === null
  const now = useNow(1000, running)
  const { run } = server
  if (!run) return null
  return (
    <section className="card" aria-labelledby="progress-title">
      <header className={styles.cardHeader}>
        <h2 id="progress-title">Progress</h2>
        <div className={styles.headerEnd}>
          <span className="secondary numbers small">
            {formatDuration((run.endedAt ?? now) - run.startedAt)}
          </span>
          {canGiveUpStart(server) && <CancelButton server={server} what="Starting" />}
        </div>
      </header>
      <RunProblem server={server} actions={actions} inside />
      <ol className={styles.steps}>
        {run.steps.map((step) => (
          <StepRow
            key={step.name}
            step={step}
            serverId={server.id}
            now={now}
            problem={server.problem ?? run.problem}
          />
        ))}
      </ol>
      {waitsForPort(server) && (
        <footer className={styles.tentative}>
          <span className="secondary small">It waits for as long as it takes, or moves to another port.</span>
          <Button variant="default" loading={actions.busy} onClick={actions.changePort}>
            Change port
          </Button>
        </footer>
      )}
      {!server.addressFinal && (
        <footer className={styles.tentative}>
          <span className="secondary">Address</span>
          <span className="mono">{formatAddress(server.ipAddress, server.port)}</span>
          <span className="secondary small">The address may still change until the server is Online.</span>
        </footer>
      )}
    </section>
  )
}
