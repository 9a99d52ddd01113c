import { Button } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import type { DataBackup } from '../../../shared/data.ts'
import { formatBytes, formatExact } from '../../components/format.ts'
import { copyReason } from './data-words.ts'
import styles from './settings.module.css'

/** So many are shown at first. */
const few = 5

/** The copies of the database, newest first, each with the way back to it. */
export function DataCopies({ copies, onGoBack }: { copies: DataBackup[]; onGoBack(copy: DataBackup): void }) {
  const [all, more] = useDisclosure(false)
  if (!copies.length)
    return <p className="secondary">No copy yet. The first is made today, while LightNode runs.</p>
  return (
    <div>
      <h3 className={styles.tried}>Copies</h3>
      <ul className={styles.copies}>
        {(all ? copies : copies.slice(0, few)).map((copy) => (
          <li key={copy.name} className={styles.copy}>
            <div title={copy.name}>
              <span className="numbers">{formatExact(copy.at)}</span>
              <p className="secondary small">{copyReason(copy.reason)}</p>
            </div>
            <span className={`numbers ${styles.size}`}>{formatBytes(copy.bytes)}</span>
            <Button
              variant="default"
              aria-label={`Go back to the copy of ${formatExact(copy.at)}…`}
              onClick={() => onGoBack(copy)}
            >
              Go back…
            </Button>
          </li>
        ))}
      </ul>
      {copies.length > few && (
        <Button variant="subtle" color="gray" aria-expanded={all} onClick={more.toggle}>
          {all ? 'Show fewer' : `Show all ${copies.length}`}
        </Button>
      )}
    </div>
  )
}
