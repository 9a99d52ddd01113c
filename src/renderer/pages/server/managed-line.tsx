import { IconInfoCircle } from '@tabler/icons-react'
import type { Server } from '../../../shared/model.ts'
import styles from './server.module.css'

/** Says that somebody else has a hand in the container, too. */
export function ManagedLine({ server }: { server: Server }) {
  if (server.composeProject === null) return null
  return (
    <div className={`card ${styles.restart}`}>
      <IconInfoCircle size={16} stroke={1.75} aria-hidden />
      <p>
        Managed by compose project <strong>{server.composeProject}</strong>: compose may make its container
        anew.
      </p>
    </div>
  )
}
