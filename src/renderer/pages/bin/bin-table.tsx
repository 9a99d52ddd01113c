import { VisuallyHidden } from '@mantine/core'
import type { BinEntry } from '../../../shared/bin.ts'
import table from '../../components/table.module.css'
import styles from './bin.module.css'
import { BinRow } from './bin-row.tsx'

/** Deleted servers, newest first. */
export function BinTable({ entries, onPurge }: { entries: BinEntry[]; onPurge(entry: BinEntry): void }) {
  return (
    <div className={`card ${table.frame}`}>
      <table className={`${table.table} ${styles.bin}`}>
        <thead>
          <tr>
            <th scope="col">Name</th>
            <th scope="col" className={styles.address}>
              Address
            </th>
            <th scope="col" className={styles.deleted}>
              Deleted
            </th>
            <th scope="col" className={styles.kept}>
              Port kept until
            </th>
            <th scope="col" className={styles.actions}>
              <VisuallyHidden>Actions</VisuallyHidden>
            </th>
          </tr>
        </thead>
        <tbody>
          {entries.map((entry) => (
            <BinRow key={entry.id} entry={entry} onPurge={() => onPurge(entry)} />
          ))}
        </tbody>
      </table>
    </div>
  )
}
