import { Button, Skeleton } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconArchive } from '@tabler/icons-react'
import { Link } from 'wouter'
import { BackupsTable } from '../../components/backups/backups-table.tsx'
import { Empty } from '../../components/empty.tsx'
import { takeLostFocus } from '../../components/lost-focus.ts'
import { ProblemNotice } from '../../components/notice.tsx'
import { Page } from '../../components/page.tsx'
import table from '../../components/table.module.css'
import { useLoaded } from '../../components/use-loaded.ts'
import { useApp, useClient } from '../../store/store.ts'
import { BackUpDialog } from './back-up-dialog.tsx'
import styles from './backups-page.module.css'
import { retentionWords } from './backups-words.ts'
import { UnderWay } from './under-way.tsx'

/** Every world that was saved as a file, also those of servers that are gone. */
export function BackupsPage() {
  const client = useClient()
  const revision = useApp((state) => state.worldsRevision)
  const servers = useApp((state) => Object.keys(state.servers ?? {}).length)
  const { value: backups, problem } = useLoaded(() => client.worlds.list({}), revision)
  const [choosing, dialog] = useDisclosure(false)
  return (
    <Page
      title="Backups"
      aside={backups?.length ? backups.length : null}
      action={
        servers > 0 && (
          <Button leftSection={<IconArchive size={16} stroke={1.75} aria-hidden />} onClick={dialog.open}>
            Back up…
          </Button>
        )
      }
    >
      <Retention />
      <UnderWay />
      {problem && <ProblemNotice problem={problem} />}
      {!backups && !problem && <Skeleton height={220} role="status" aria-label="Loading backups" />}
      {backups?.length === 0 && <NoBackups servers={servers} />}
      {backups && backups.length > 0 && (
        <div className={`card ${table.frame}`}>
          <BackupsTable backups={backups} withServer />
        </div>
      )}
      <BackUpDialog opened={choosing} onClose={dialog.close} onGone={() => takeLostFocus()} />
    </Page>
  )
}

function Retention() {
  const worlds = useApp((state) => state.settings?.worlds ?? null)
  if (!worlds) return null
  return (
    <p className={styles.retention}>
      Kept in <code>{worlds.folder}</code>. {retentionWords(worlds)}{' '}
      <Link href="/settings/backups">Change</Link>
    </p>
  )
}

function NoBackups({ servers }: { servers: number }) {
  const daily = useApp((state) => state.settings?.worlds.daily ?? false)
  return (
    <Empty icon={<IconArchive size={28} stroke={1.25} aria-hidden />} title="No backups yet">
      A world that is saved as a file is listed here, to be restored or downloaded.{' '}
      {servers === 0
        ? 'Create a server first.'
        : daily
          ? 'Each server is backed up once a day; “Back up…” does it now.'
          : 'Daily backups are off; “Back up…” makes one now.'}
    </Empty>
  )
}
