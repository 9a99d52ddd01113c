import { Button } from '@mantine/core'
import { modals } from '@mantine/modals'
import { useEffect, useId } from 'react'
import type { Server } from '../../../shared/model.ts'
import { takeLostFocus } from '../../components/lost-focus.ts'
import { Notice, ProblemNotice } from '../../components/notice.tsx'
import { useAction } from '../../components/use-action.ts'
import { useApp, useClient } from '../../store/store.ts'
import styles from './server.module.css'

/** A game that takes longer to stop than it should: waiting is safe, killing is not. */
export function OverdueNotice({ server, step }: { server: Server; step: string }) {
  const client = useClient()
  const putServer = useApp((state) => state.putServer)
  const action = useAction()
  const modalId = useId()
  // It may stop by itself while the question is open.
  useEffect(() => () => modals.close(modalId), [modalId])
  const kill = async () => {
    await action.run(async () => putServer(await client.servers.kill({ id: server.id })))
    takeLostFocus()
  }
  const ask = () =>
    modals.openConfirmModal({
      modalId,
      title: `Kill ${server.name}?`,
      children: (
        <ul className={styles.points}>
          <li>What the game has not written yet is lost, and its world may be damaged by it.</li>
          <li>
            A large world can take minutes to save. If it may still be saving, wait: that loses nothing.
          </li>
        </ul>
      ),
      labels: { confirm: 'Kill', cancel: 'Keep waiting' },
      cancelProps: { 'data-autofocus': true },
      confirmProps: { variant: 'default', className: 'danger' },
      onConfirm: () => void kill(),
    })
  return (
    <>
      <Notice
        tone="waiting"
        title={step}
        actions={
          <Button variant="default" className="danger" loading={action.busy} onClick={ask}>
            Kill…
          </Button>
        }
      >
        Waiting loses nothing: it stops as soon as its world is saved. Kill ends it at once; what it has not
        written yet is lost.
      </Notice>
      {action.problem && <ProblemNotice problem={action.problem} onClose={action.dismiss} />}
    </>
  )
}
