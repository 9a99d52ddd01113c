import { Skeleton, VisuallyHidden } from '@mantine/core'
import { IconAlertTriangle, IconCircleX, IconInfoCircle } from '@tabler/icons-react'
import { Fragment } from 'react'
import { Link } from 'wouter'
import type { Activity } from '../../../shared/model.ts'
import { formatClock, formatDay, formatExact } from '../../components/format.ts'
import { Page } from '../../components/page.tsx'
import { useNow } from '../../components/use-now.ts'
import { useApp } from '../../store/store.ts'
import styles from './activity.module.css'

/** What happened, newest first, as it happens. */
export function ActivityPage() {
  const activity = useApp((state) => state.activity)
  return (
    <Page title="Activity" aside={activity?.length ? `latest ${activity.length}` : null}>
      {!activity && <Skeleton height={240} role="status" aria-label="Loading activity" />}
      {activity?.length === 0 && (
        <p className={styles.empty}>
          Nothing has happened yet. What LightNode does, to servers and by itself, is written here.
        </p>
      )}
      {activity && activity.length > 0 && <Days activity={activity} />}
    </Page>
  )
}

function Days({ activity }: { activity: Activity[] }) {
  const now = useNow(60_000)
  const days = new Map<string, Activity[]>()
  for (const entry of activity) {
    const day = formatDay(entry.at, now)
    days.set(day, [...(days.get(day) ?? []), entry])
  }
  return (
    <div className={`card ${styles.list}`}>
      {[...days].map(([day, entries]) => (
        <Fragment key={day}>
          <h2 className={styles.day}>{day}</h2>
          <ul className={styles.entries}>
            {entries.map((entry) => (
              <Entry key={entry.id} entry={entry} />
            ))}
          </ul>
        </Fragment>
      ))}
    </div>
  )
}

const icons = { info: IconInfoCircle, warning: IconAlertTriangle, error: IconCircleX }
const levels = { info: 'Information', warning: 'Warning', error: 'Error' }

/** Whom it is about: a link while the server has a page, its name once it is in the bin or gone. */
function EntryServer({ entry: { serverId, serverName } }: { entry: Activity }) {
  const exists = useApp((state) => serverId !== null && Boolean(state.servers?.[serverId]))
  if (serverId === null) return null
  const name = serverName ?? 'Server'
  if (!exists) return <span className={`secondary ${styles.server}`}>{name}</span>
  return (
    <Link href={`/servers/${serverId}`} className={styles.server ?? ''}>
      {name}
    </Link>
  )
}

function Entry({ entry }: { entry: Activity }) {
  const Icon = icons[entry.level]
  return (
    <li className={styles.entry} data-level={entry.level}>
      <time className={styles.time} dateTime={new Date(entry.at).toISOString()} title={formatExact(entry.at)}>
        {formatClock(entry.at)}
      </time>
      <Icon className={styles.icon} size={16} stroke={1.75} aria-hidden />
      <VisuallyHidden>{levels[entry.level]}</VisuallyHidden>
      <span className={styles.message}>{entry.message}</span>
      <EntryServer entry={entry} />
      <span className={styles.actor}>{entry.actor}</span>
    </li>
  )
}
