import { Button } from '@mantine/core'
import { modals } from '@mantine/modals'
import type { Drift } from '../../../shared/drift.ts'
import type { Server } from '../../../shared/model.ts'
import { takeLostFocus } from '../../components/lost-focus.ts'
import { Notice, ProblemNotice } from '../../components/notice.tsx'
import { useAction } from '../../components/use-action.ts'
import { useApp, useClient } from '../../store/store.ts'
import { endsGame } from './drift-words.ts'
import { underWay } from './task-words.ts'

/** What was changed outside LightNode, each with the one button that mends it. */
export function DriftNotices({ server }: { server: Server }) {
  return server.drift.map((drift) => <DriftNotice key={drift.kind} server={server} drift={drift} />)
}

function DriftNotice({ server, drift }: { server: Server; drift: Drift }) {
  const client = useClient()
  const putServer = useApp((state) => state.putServer)
  const action = useAction()
  const { kind, message, mend } = drift
  const work = async () => {
    await action.run(async () => putServer(await client.servers.mend({ id: server.id, drift: kind })))
    takeLostFocus()
  }
  const ask = (word: string) =>
    modals.openConfirmModal({
      title: `Make the container of ${server.name} anew?`,
      children: <p>Players are disconnected. The world is saved first and stays as it is.</p>,
      labels: { confirm: word, cancel: 'Cancel' },
      onConfirm: () => void work(),
    })
  return (
    <>
      <Notice
        tone="waiting"
        title={message}
        actions={
          mend && (
            <Button
              variant="default"
              loading={action.busy}
              disabled={underWay(server) !== null}
              onClick={() => (endsGame(drift, server) ? ask(mend) : void work())}
            >
              {mend}
            </Button>
          )
        }
      />
      {action.problem && <ProblemNotice problem={action.problem} onClose={action.dismiss} />}
    </>
  )
}
