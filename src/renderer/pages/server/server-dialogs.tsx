import type { Server } from '../../../shared/model.ts'
import { ChangePortDialog } from './change-port-dialog.tsx'
import { EditDialog } from './edit-dialog.tsx'
import { StartDialog } from './start-dialog.tsx'
import type { ServerActions } from './use-server-actions.tsx'

/** The dialogs of one server's actions; at most one is open. */
export function ServerDialogs({ server, actions }: { server: Server; actions: ServerActions }) {
  const { dialog, close } = actions
  return (
    <>
      <EditDialog
        server={server}
        opened={dialog === 'edit' || dialog === 'memory'}
        focus={dialog === 'memory' ? 'memory' : 'name'}
        onClose={close}
      />
      <ChangePortDialog server={server} opened={dialog === 'port'} onClose={close} />
      <StartDialog
        server={server}
        opened={dialog === 'start' || dialog === 'eula'}
        eula={dialog === 'eula'}
        onClose={close}
      />
    </>
  )
}
