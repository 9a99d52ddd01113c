import { Button, Checkbox } from '@mantine/core'
import { useState } from 'react'
import type { Server } from '../../../shared/model.ts'
import { Notice } from '../../components/notice.tsx'
import styles from './server.module.css'
import type { ServerActions } from './use-server-actions.tsx'

interface Props {
  server: Server
  actions: ServerActions
  /** Under the steps, in their card. */
  inside?: boolean
}

/** Why the server is not Online, what that means and the buttons that mend it. */
export function RunProblem({ server, actions, inside = false }: Props) {
  const problem = server.problem ?? server.run?.problem ?? null
  if (!problem || server.status === 'online') return null
  const waiting = server.status === 'waiting'
  return (
    <div className={inside ? styles.inside : undefined}>
      <Notice
        tone={waiting ? 'waiting' : 'failed'}
        title={problem.message}
        actions={<Remedies server={server} actions={actions} code={problem.code} />}
      >
        {problem.remedy}
      </Notice>
    </div>
  )
}

function Remedies({ server, actions, code }: Props & { code: string }) {
  const { busy } = actions
  if (code === 'PORT_TAKEN')
    return (
      <>
        {server.status !== 'waiting' && (
          <Button variant="default" loading={busy} onClick={actions.waitForPort}>
            Wait for the port
          </Button>
        )}
        <Button variant="default" loading={busy} onClick={actions.changePort}>
          Change port
        </Button>
      </>
    )
  if (server.status !== 'failed') return null
  if (code === 'EULA_REFUSED') return <RetryWithEula actions={actions} />
  return (
    <>
      <Button loading={busy} onClick={() => actions.retry()}>
        Retry
      </Button>
      {code === 'OUT_OF_MEMORY' && (
        <Button variant="default" onClick={() => actions.open('memory')}>
          Change memory
        </Button>
      )}
    </>
  )
}

function RetryWithEula({ actions }: { actions: ServerActions }) {
  const [accepted, setAccepted] = useState(false)
  return (
    <div className={styles.eula}>
      <Checkbox
        label="I accept the Minecraft EULA"
        checked={accepted}
        onChange={(event) => setAccepted(event.currentTarget.checked)}
      />
      <a className="small" href="https://aka.ms/MinecraftEULA" target="_blank" rel="noreferrer">
        Read it
      </a>
      <Button disabled={!accepted} loading={actions.busy} onClick={() => actions.retry(true)}>
        Retry
      </Button>
    </div>
  )
}
