import { Button } from '@mantine/core'
import { IconInfoCircle } from '@tabler/icons-react'
import type { Server } from '../../../shared/model.ts'
import { newContainerWords } from './edit-words.ts'
import styles from './server.module.css'
import { underWay } from './task-words.ts'
import type { ServerActions } from './use-server-actions.tsx'

/** Says that what runs is not yet what is asked for, with the button that puts it right. */
export function RestartLine({ server, actions }: { server: Server; actions: ServerActions }) {
  if (!server.restartNeeded) return null
  return (
    <div className={`card ${styles.restart}`} role="status">
      <IconInfoCircle size={16} stroke={1.75} aria-hidden />
      <p>Restart to put the changes into force.{server.adopted && ` ${newContainerWords(server)}`}</p>
      {server.status === 'online' && (
        <Button
          variant="default"
          loading={actions.busy}
          disabled={underWay(server) !== null}
          onClick={actions.askRestart}
        >
          Restart
        </Button>
      )}
    </div>
  )
}
