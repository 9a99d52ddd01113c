import { modals } from '@mantine/modals'
import { useRef, useState } from 'react'
import type { Server } from '../../../shared/model.ts'
import { takeLostFocus } from '../../components/lost-focus.ts'
import { type Action, useAction } from '../../components/use-action.ts'
import { useApp, useClient } from '../../store/store.ts'
import { WhatDeleteDoes } from './what-delete-does.tsx'

export interface ServerActions extends Action {
  /** What is under way, where the status does not say it: "Stopping". */
  doing: string | null
  start(): void
  /** Asks first: players are disconnected. */
  askStop(): void
  /** Asks first: players are disconnected. */
  askRestart(): void
  /** Asks first: a running server is restarted with it. */
  askNewPassword(): void
  /** How many new passwords were asked for here. */
  rotations: number
  /** Asks first: the server goes to the bin. */
  askDelete(): void
  retry(acceptEula?: boolean): void
  waitForPort(): void
  changePort(): void
}

/** Takes the first focus of a dialog. */
const first = { 'data-autofocus': true }

/** What can be done with a server; each answer goes into the store at once. */
export function useServerActions(server: Server): ServerActions {
  const client = useClient()
  const putServer = useApp((state) => state.putServer)
  const action = useAction()
  const [words, setWords] = useState<string | null>(null)
  const [rotations, setRotations] = useState(0)
  const { id, name } = server
  /** What asked: where it is still there when the work is done, the focus belongs to it. */
  const origin = useRef<Element | null>(null)
  const ask = (question: Parameters<typeof modals.openConfirmModal>[0]) => {
    origin.current = document.activeElement
    modals.openConfirmModal(question)
  }
  const doing = (call: () => Promise<Server>, said: string | null = null) => {
    setWords(said)
    // A button that is under way loses the focus, and one that has done its work may be gone.
    void action.run(async () => putServer(await call())).then(() => takeLostFocus(origin.current))
  }
  const remove = () => {
    setWords('Moving to the bin')
    // The event that it is gone takes it out of the store.
    void action.run(() => client.servers.remove({ id })).then(() => takeLostFocus(origin.current))
  }
  return {
    ...action,
    rotations,
    doing: action.busy ? words : null,
    start: () => doing(() => client.servers.start({ id })),
    askStop: () =>
      ask({
        title: `Stop ${name}?`,
        children: <p>Players are disconnected. The world is saved first, which may take a minute.</p>,
        labels: { confirm: 'Stop server', cancel: 'Cancel' },
        confirmProps: { color: 'red' },
        onConfirm: () => doing(() => client.servers.stop({ id }), 'Stopping'),
      }),
    askRestart: () =>
      ask({
        title: `Restart ${name}?`,
        children: (
          <p>
            Players are disconnected and can join again once it is Online. The world is saved first, which may
            take a minute.
          </p>
        ),
        labels: { confirm: 'Restart server', cancel: 'Cancel' },
        onConfirm: () => doing(() => client.servers.restart({ id }), 'Restarting'),
      }),
    askNewPassword: () =>
      ask({
        title: `Give ${name} a new RCON password?`,
        children: (
          <p>
            {server.status === 'online'
              ? 'The server is restarted with it: players are disconnected, the world is saved first. '
              : 'The server gets it at its next start. '}
            The old one is forgotten once the new one works.
          </p>
        ),
        labels: { confirm: 'Rotate password', cancel: 'Cancel' },
        onConfirm: () => {
          setRotations((count) => count + 1)
          doing(() => client.servers.rotatePassword({ id }), 'Changing the RCON password')
        },
      }),
    askDelete: () =>
      ask({
        title: `Delete ${name}?`,
        children: <WhatDeleteDoes server={server} />,
        labels: { confirm: 'Move to bin', cancel: 'Cancel' },
        cancelProps: { ...first },
        confirmProps: { variant: 'default', className: 'danger' },
        onConfirm: remove,
      }),
    retry: (acceptEula) =>
      doing(() => client.servers.retry({ id, ...(acceptEula === undefined ? {} : { acceptEula }) })),
    waitForPort: () => doing(() => client.servers.waitForPort({ id })),
    changePort: () => doing(() => client.servers.changePort({ id })),
  }
}
