import { VisuallyHidden } from '@mantine/core'
import type { Server } from '../../../shared/model.ts'
import table from '../../components/table.module.css'
import { ServerRow } from './server-row.tsx'
import styles from './servers.module.css'

/** The servers in a table; the whole row opens one. */
export function ServersTable({ servers }: { servers: Server[] }) {
  return (
    <div className={`card ${table.frame}`}>
      <table className={`${table.table} ${styles.servers}`}>
        <thead>
          <tr>
            <th scope="col">Name</th>
            <th scope="col" className={styles.status}>
              Status
            </th>
            <th scope="col" className={styles.address}>
              Address
            </th>
            <th scope="col" className={styles.memory}>
              Memory
            </th>
            <th scope="col" className={styles.created}>
              Created
            </th>
            <th scope="col" className={styles.actions}>
              <VisuallyHidden>Actions</VisuallyHidden>
            </th>
          </tr>
        </thead>
        <tbody>
          {servers.map((server) => (
            <ServerRow key={server.id} server={server} />
          ))}
        </tbody>
      </table>
    </div>
  )
}
