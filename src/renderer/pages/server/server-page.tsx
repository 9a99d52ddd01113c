import { Skeleton } from '@mantine/core'
import { useEffect, useRef } from 'react'
import { Link } from 'wouter'
import { BackLink } from '../../components/back-link.tsx'
import { Notice, ProblemNotice } from '../../components/notice.tsx'
import { Page } from '../../components/page.tsx'
import { useAction } from '../../components/use-action.ts'
import { useApp, useClient } from '../../store/store.ts'
import { ServerView } from './server-view.tsx'

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
