import { Button } from '@mantine/core'
import { IconInfoCircle } from '@tabler/icons-react'
import type { Server } from '../../../shared/model.ts'
import styles from './server.module.css'
import type { ServerActions } from './use-server-actions.tsx'

/** Says that what runs is not yet what is asked for, with the button that puts it right. */
export function RestartLine({ server, actions }: { server: Server; actions: ServerActions }) {
  if (!server.restartNeeded) return null
  return (
    <div className={`card ${styles.restart}`} role="status">
      <IconInfoCircle size={16} stroke={1.75} aria-hidden />
      <p>Restart to put the new memory into force.</p>
      {server.status === 'online' && (
        <Button variant="default" loading={actions.busy} onClick={actions.askRestart}>
          Restart
        </Button>
      )}
    </div>
  )
}
