import { modals } from '@mantine/modals'
import type { Server } from '../../../shared/model.ts'
import { type Action, useAction } from '../../components/use-action.ts'
import { useApp, useClient } from '../../store/store.ts'

export interface ServerActions extends Action {
  start(): void
  /** Asks first: players are disconnected. */
  askStop(): void
  retry(acceptEula?: boolean): void
  waitForPort(): void
  changePort(): void
}

/** What can be done with a server; each answer goes into the store at once. */
export function useServerActions(server: Server): ServerActions {
  const client = useClient()
  const putServer = useApp((state) => state.putServer)
  const action = useAction()
  const { id, name } = server
  const doing = (call: () => Promise<Server>) => void action.run(async () => putServer(await call()))
  return {
    ...action,
    start: () => doing(() => client.servers.start({ id })),
    askStop: () =>
      modals.openConfirmModal({
        title: `Stop ${name}?`,
        children: <p>Players are disconnected. The world is saved first, which may take a minute.</p>,
        labels: { confirm: 'Stop server', cancel: 'Cancel' },
        confirmProps: { color: 'red' },
        onConfirm: () => doing(() => client.servers.stop({ id })),
      }),
    retry: (acceptEula) =>
      doing(() => client.servers.retry({ id, ...(acceptEula === undefined ? {} : { acceptEula }) })),
    waitForPort: () => doing(() => client.servers.waitForPort({ id })),
    changePort: () => doing(() => client.servers.changePort({ id })),
  }
}
