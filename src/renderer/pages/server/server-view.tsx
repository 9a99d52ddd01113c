import { Button } from '@mantine/core'
import { IconPlayerPlay, IconPlayerStop } from '@tabler/icons-react'
import type { Server } from '../../../shared/model.ts'
import { BackLink } from '../../components/back-link.tsx'
import { EngineBanner } from '../../components/engine-banner.tsx'
import { ProblemNotice } from '../../components/notice.tsx'
import { Page } from '../../components/page.tsx'
import { Status } from '../../components/status.tsx'
import { BackupsCard } from './backups-card.tsx'
import { ConnectCard } from './connect-card.tsx'
import { CopiesCard } from './copies-card.tsx'
import { Details } from './details.tsx'
import { DriftNotices } from './drift-notices.tsx'
import { ManagedLine } from './managed-line.tsx'
import { MoreActions } from './more-actions.tsx'
import { ProgressCard } from './progress-card.tsx'
import { RestartLine } from './restart-line.tsx'
import { RunProblem } from './run-problem.tsx'
import styles from './server.module.css'
import { ServerDialogs } from './server-dialogs.tsx'
import { Setup } from './setup.tsx'
import { showsProgress } from './steps.ts'
import { TaskCard } from './task-card.tsx'
import { isToldByTask, mainButton, underStatus } from './task-words.ts'
import { type ServerActions, useServerActions } from './use-server-actions.tsx'

/** A server that is there: what is being done to it, what is wrong with it, and how to connect to it. */
export function ServerView({ server }: { server: Server }) {
  const actions = useServerActions(server)
  const progress = showsProgress(server)
  const { problem } = actions
  return (
    <Page
      title={server.name}
      above={<BackLink />}
      aside={<Doing server={server} actions={actions} />}
      action={
        <>
          <MainButton server={server} actions={actions} />
          <MoreActions server={server} actions={actions} />
        </>
      }
    >
      <EngineBanner />
      <TaskCard server={server} />
      {problem && !isToldByTask(server, problem) && (
        <ProblemNotice problem={problem} onClose={actions.dismiss} />
      )}
      <DriftNotices server={server} />
      <RestartLine server={server} actions={actions} />
      <ManagedLine server={server} />
      <div className={styles.columns}>
        <div className={styles.main}>
          {progress ? (
            <ProgressCard server={server} actions={actions} />
          ) : (
            <RunProblem server={server} actions={actions} />
          )}
          {(!progress || server.addressFinal) && (
            <>
              <ConnectCard server={server} rotations={actions.rotations} />
              <Setup server={server} />
            </>
          )}
          {!server.newWorld && <BackupsCard server={server} />}
          <CopiesCard server={server} />
        </div>
        <Details server={server} />
      </div>
      <ServerDialogs server={server} actions={actions} />
    </Page>
  )
}

interface Props {
  server: Server
  actions: ServerActions
}

function Doing({ server, actions }: Props) {
  const under = server.task ? underStatus(server) : null
  const doing = actions.doing ? `${actions.doing}…` : under?.text
  return (
    <span role="status">
      <Status status={server.status} />
      {doing && ` · ${doing}`}
    </span>
  )
}

/** One button under both names: the focus stays on it. */
function MainButton({ server, actions }: Props) {
  const main = mainButton(server)
  if (!main) return null
  const stops = main.does === 'stop'
  const Sign = stops ? IconPlayerStop : IconPlayerPlay
  return (
    <Button
      variant={stops ? 'default' : 'filled'}
      leftSection={<Sign size={15} stroke={1.75} aria-hidden />}
      loading={actions.busy || main.busy}
      disabled={main.disabled}
      onClick={stops ? actions.askStop : actions.start}
    >
      {stops ? 'Stop' : 'Start'}
    </Button>
  )
}
