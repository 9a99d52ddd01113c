import { Button, Skeleton } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { Link } from 'wouter'
import type { Server } from '../../../shared/model.ts'
import type { WorldBackup } from '../../../shared/worlds.ts'
import { Ago } from '../../components/ago.tsx'
import { BackupsTable } from '../../components/backups/backups-table.tsx'
import { takeLostFocus } from '../../components/lost-focus.ts'
import { ProblemNotice } from '../../components/notice.tsx'
import table from '../../components/table.module.css'
import { useAction } from '../../components/use-action.ts'
import { useLoaded } from '../../components/use-loaded.ts'
import { useApp, useClient } from '../../store/store.ts'
import styles from './server.module.css'
import { underWay } from './task-words.ts'
import worlds from './worlds.module.css'

/** So many are shown at first. */
const few = 5

/** The server's world as files: when it was saved last, a button that does it now, and the way back. */
export function BackupsCard({ server }: { server: Server }) {
  const client = useClient()
  const putServer = useApp((state) => state.putServer)
  const revision = useApp((state) => state.worldsRevision)
  const { value, problem } = useLoaded(() => client.worlds.list({ serverId: server.id }), revision)
  const action = useAction()
  const task = underWay(server)
  const backUp = () =>
    void action
      .run(async () => putServer(await client.worlds.backUp({ id: server.id })))
      .then(() => takeLostFocus())
  const wrong = action.problem ?? problem
  return (
    <section className="card" aria-labelledby="backups-title">
      <header className={styles.cardHeader}>
        <h2 id="backups-title">Backups</h2>
        <div className={styles.headerEnd}>
          <Link href="/backups" className={worlds.all ?? ''}>
            All backups
          </Link>
          <Button
            variant="default"
            loading={action.busy || task?.kind === 'backup'}
            disabled={task !== null}
            onClick={backUp}
          >
            Back up now
          </Button>
        </div>
      </header>
      {wrong && (
        <div className={worlds.notice}>
          <ProblemNotice problem={wrong} {...(action.problem && { onClose: action.dismiss })} />
        </div>
      )}
      {value ? (
        <Backups backups={value} />
      ) : (
        !problem && (
          <div className={worlds.loading} role="status" aria-label="Loading backups">
            <Skeleton height={12} width="55%" />
            <Skeleton height={12} width="80%" />
          </div>
        )
      )}
    </section>
  )
}

function Backups({ backups }: { backups: WorldBackup[] }) {
  const daily = useApp((state) => state.settings?.worlds ?? null)
  const [all, more] = useDisclosure(false)
  const [last] = backups
  return (
    <>
      <p className={worlds.say}>
        {last ? (
          <>
            Last backup <Ago at={last.createdAt} />.
          </>
        ) : (
          'No backup of this world yet.'
        )}{' '}
        {daily &&
          (daily.daily
            ? `It is backed up every day, and the newest ${daily.keep} are kept.`
            : 'Daily backups are off.')}{' '}
        <Link href="/settings">Change</Link>
      </p>
      {last && (
        <div className={table.frame}>
          <BackupsTable backups={all ? backups : backups.slice(0, few)} />
        </div>
      )}
      {backups.length > few && (
        <div className={worlds.more}>
          <Button variant="subtle" color="gray" aria-expanded={all} onClick={more.toggle}>
            {all ? 'Show fewer' : `Show all ${backups.length}`}
          </Button>
        </div>
      )}
    </>
  )
}
