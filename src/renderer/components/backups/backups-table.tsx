import { VisuallyHidden } from '@mantine/core'
import type { WorldBackup } from '../../../shared/worlds.ts'
import table from '../table.module.css'
import { BackupRow } from './backup-row.tsx'
import styles from './backups.module.css'

interface Props {
  backups: WorldBackup[]
  /** Says whose each is. */
  withServer?: boolean
}

/** Worlds saved as files, and what can be done with each. */
export function BackupsTable({ backups, withServer = false }: Props) {
  return (
    <table className={`${table.table} ${styles.backups}`} data-wide={withServer || undefined}>
      <thead>
        <tr>
          {withServer && <th scope="col">Server</th>}
          <th scope="col" className={styles.when}>
            Backup
          </th>
          <th scope="col" className={styles.size}>
            Size
          </th>
          <th scope="col" className={styles.verified}>
            Verified
          </th>
          <th scope="col" className={styles.actions}>
            <VisuallyHidden>Actions</VisuallyHidden>
          </th>
        </tr>
      </thead>
      <tbody>
        {backups.map((backup) => (
          <BackupRow key={backup.id} backup={backup} withServer={withServer} />
        ))}
      </tbody>
    </table>
  )
}
