import { Button } from '@mantine/core'
import { modals } from '@mantine/modals'
import type { Server } from '../../../shared/model.ts'
import type { WorldCopy } from '../../../shared/worlds.ts'
import { Ago } from '../../components/ago.tsx'
import { copyReasons, gameText } from '../../components/backups/backup-words.ts'
import { formatBytes, formatExact } from '../../components/format.ts'
import { takeLostFocus } from '../../components/lost-focus.ts'
import { ProblemNotice } from '../../components/notice.tsx'
import { useAction } from '../../components/use-action.ts'
import { useApp, useClient } from '../../store/store.ts'
import { underWay } from './task-words.ts'
import worlds from './worlds.module.css'

/** One earlier world: back to it, or away with it. */
export function CopyRow({ server, copy }: { server: Server; copy: WorldCopy }) {
  const client = useClient()
  const putServer = useApp((state) => state.putServer)
  const action = useAction()
  const { id, status } = server
  const { volumeName, createdAt, bytes } = copy
  const what = `${gameText(copy)} of ${formatExact(createdAt)}`
  const busy = underWay(server) !== null
  const work = (call: () => Promise<unknown>) => void action.run(call).then(() => takeLostFocus())

  const askBack = () =>
    modals.openConfirmModal({
      title: 'Go back to this world?',
      children: (
        <>
          <p>
            {server.name} goes back to its world of {formatExact(createdAt)}, with {gameText(copy)}.
          </p>
          <p>
            {(status === 'online' || status === 'starting') && 'Players are disconnected. '}
            The present world is set aside in its place: nothing is lost.
          </p>
        </>
      ),
      labels: { confirm: 'Go back', cancel: 'Cancel' },
      onConfirm: () => work(async () => putServer(await client.servers.revert({ id, volumeName }))),
    })
  const askDelete = () =>
    modals.openConfirmModal({
      title: 'Delete this earlier world?',
      children: (
        <p>
          The world of {server.name} as it was on {formatExact(createdAt)}, {gameText(copy)},{' '}
          {formatBytes(bytes)}, is destroyed. <strong>It can’t be brought back.</strong>
        </p>
      ),
      labels: { confirm: 'Delete world', cancel: 'Cancel' },
      cancelProps: { 'data-autofocus': true },
      confirmProps: { variant: 'default', className: 'danger' },
      onConfirm: () => work(() => client.servers.removeCopy({ id, volumeName })),
    })
  return (
    <li>
      <div className={worlds.copy}>
        <div className={worlds.about}>
          <p>
            <Ago at={createdAt} /> · {gameText(copy)}
          </p>
          <p className="secondary small">
            {copyReasons[copy.reason]} · {formatBytes(bytes)}
          </p>
        </div>
        <Button
          variant="default"
          loading={action.busy}
          disabled={busy}
          aria-label={`Go back to ${what}…`}
          onClick={askBack}
        >
          Go back…
        </Button>
        <Button
          variant="default"
          className="danger"
          disabled={busy || action.busy}
          aria-label={`Delete ${what}…`}
          onClick={askDelete}
        >
          Delete…
        </Button>
      </div>
      {action.problem && <ProblemNotice problem={action.problem} onClose={action.dismiss} />}
    </li>
  )
}
