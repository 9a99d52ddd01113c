import { Button, Skeleton } from '@mantine/core'
import { IconArrowLeft, IconPlayerPlay, IconPlayerStop } from '@tabler/icons-react'
import { useEffect } from 'react'
import { Link } from 'wouter'
import type { Server } from '../../../shared/model.ts'
import { EngineBanner } from '../../components/engine-banner.tsx'
import { ProblemNotice } from '../../components/notice.tsx'
import { Page } from '../../components/page.tsx'
import { Status } from '../../components/status.tsx'
import { useAction } from '../../components/use-action.ts'
import { useApp, useClient } from '../../store/store.ts'
import { ConnectCard } from './connect-card.tsx'
import { Details } from './details.tsx'
import { ProgressCard } from './progress-card.tsx'
import { RunProblem } from './run-problem.tsx'
import styles from './server.module.css'
import { Setup } from './setup.tsx'
import { showsProgress } from './steps.ts'
import { useServerActions } from './use-server-actions.tsx'

const back = (
  <Link href="/" className={styles.back ?? ''}>
    <IconArrowLeft size={14} stroke={1.75} aria-hidden />
    Back
  </Link>
)

/** One server: what is happening to it, or how to connect to it. */
export function ServerPage({ id }: { id: string }) {
  const server = useApp((state) => state.servers?.[id] ?? null)
  const putServer = useApp((state) => state.putServer)
  const live = useApp((state) => state.connection === 'live')
  const client = useClient()
  const { problem, run } = useAction()
  const wanted = live && !server
  useEffect(() => {
    if (wanted) void run(async () => putServer(await client.servers.get({ id })))
  }, [wanted, run, putServer, client, id])

  if (server) return <ServerView server={server} />
  return (
    <Page title="Server" above={back}>
      {problem ? <ProblemNotice problem={problem} /> : <Skeleton height={240} aria-label="Loading" />}
    </Page>
  )
}

function ServerView({ server }: { server: Server }) {
  const actions = useServerActions(server)
  const { status } = server
  const progress = showsProgress(server)
  const stops = status === 'online' || (status === 'starting' && server.addressFinal)
  const Sign = stops ? IconPlayerStop : IconPlayerPlay
  return (
    <Page
      title={server.name}
      above={back}
      aside={
        <span role="status">
          <Status status={status} />
        </span>
      }
      action={
        (stops || status === 'stopped') && (
          // One button under both names: the focus stays on it.
          <Button
            variant={stops ? 'default' : 'filled'}
            leftSection={<Sign size={15} stroke={1.75} aria-hidden />}
            loading={actions.busy}
            disabled={status === 'starting'}
            onClick={stops ? actions.askStop : actions.start}
          >
            {stops ? 'Stop' : 'Start'}
          </Button>
        )
      }
    >
      <EngineBanner />
      {actions.problem && <ProblemNotice problem={actions.problem} onClose={actions.dismiss} />}
      <div className={styles.columns}>
        <div className={styles.main}>
          {progress ? (
            <ProgressCard server={server} actions={actions} />
          ) : (
            <RunProblem server={server} actions={actions} />
          )}
          {(!progress || server.addressFinal) && <ConnectCard server={server} />}
          {(!progress || server.addressFinal) && <Setup server={server} />}
        </div>
        <Details server={server} />
      </div>
    </Page>
  )
}
