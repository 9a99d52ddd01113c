import { Button, Skeleton } from '@mantine/core'
import { IconPlayerPlay, IconPlayerStop } from '@tabler/icons-react'
import { useEffect, useRef } from 'react'
import { Link } from 'wouter'
import type { Server } from '../../../shared/model.ts'
import { BackLink } from '../../components/back-link.tsx'
import { EngineBanner } from '../../components/engine-banner.tsx'
import { Notice, ProblemNotice } from '../../components/notice.tsx'
import { Page } from '../../components/page.tsx'
import { Status } from '../../components/status.tsx'
import { useAction } from '../../components/use-action.ts'
import { useApp, useClient } from '../../store/store.ts'
import { ConnectCard } from './connect-card.tsx'
import { Details } from './details.tsx'
import { MoreActions } from './more-actions.tsx'
import { ProgressCard } from './progress-card.tsx'
import { RestartLine } from './restart-line.tsx'
import { RunProblem } from './run-problem.tsx'
import styles from './server.module.css'
import { Setup } from './setup.tsx'
import { showsProgress } from './steps.ts'
import { useServerActions } from './use-server-actions.tsx'

/** One server: what is happening to it, or how to connect to it. */
export function ServerPage({ id }: { id: string }) {
  const server = useApp((state) => state.servers?.[id] ?? null)
  const putServer = useApp((state) => state.putServer)
  const live = useApp((state) => state.connection === 'live')
  const client = useClient()
  const { problem, run } = useAction()
  const binned = useApp((state) => state.bin?.find((entry) => entry.id === id) ?? null)
  // One that was here and is gone is not asked for again: the list comes next.
  const known = useRef(false)
  known.current ||= server !== null
  const wanted = live && !known.current && !binned
  useEffect(() => {
    if (wanted) void run(async () => putServer(await client.servers.get({ id })))
  }, [wanted, run, putServer, client, id])

  if (server) return <ServerView server={server} />
  if (binned) return <InBin name={binned.name} />
  return (
    <Page title="Server" above={<BackLink />}>
      {problem ? <ProblemNotice problem={problem} /> : <Skeleton height={240} aria-label="Loading" />}
    </Page>
  )
}

function InBin({ name }: { name: string }) {
  return (
    <Page title={name} above={<BackLink />}>
      <Notice tone="plain" title="This server is in the bin">
        Restore it, or delete it for good, from <Link href="/bin">the bin</Link>.
      </Notice>
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
      above={<BackLink />}
      aside={
        <span role="status">
          <Status status={status} />
          {actions.doing && ` · ${actions.doing}…`}
        </span>
      }
      action={
        <>
          {(stops || status === 'stopped') && (
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
          )}
          <MoreActions server={server} actions={actions} />
        </>
      }
    >
      <EngineBanner />
      {actions.problem && <ProblemNotice problem={actions.problem} onClose={actions.dismiss} />}
      <RestartLine server={server} actions={actions} />
      <div className={styles.columns}>
        <div className={styles.main}>
          {progress ? (
            <ProgressCard server={server} actions={actions} />
          ) : (
            <RunProblem server={server} actions={actions} />
          )}
          {(!progress || server.addressFinal) && (
            <ConnectCard server={server} rotations={actions.rotations} />
          )}
          {(!progress || server.addressFinal) && <Setup server={server} />}
        </div>
        <Details server={server} />
      </div>
    </Page>
  )
}
