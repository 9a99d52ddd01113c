import { modals } from '@mantine/modals'
import { useCallback, useRef, useState } from 'react'
import type { Server } from '../../../shared/model.ts'
import { takeLostFocus } from '../../components/lost-focus.ts'
import { type Action, useAction } from '../../components/use-action.ts'
import { problemOf } from '../../problem.ts'
import { useApp, useClient } from '../../store/store.ts'
import {
  deleteQuestion,
  passwordQuestion,
  type Question,
  restartQuestion,
  stopQuestion,
} from './questions.tsx'

/** `memory` is Edit with the focus on memory; `eula` is a start that needs it accepted. */
export type ServerDialog = 'edit' | 'memory' | 'port' | 'start' | 'eula'

export interface ServerActions extends Action {
  /** What is under way, where the status does not say it: "Restarting". */
  doing: string | null
  /** The dialog that is open. */
  dialog: ServerDialog | null
  open(dialog: ServerDialog): void
  close(): void
  /** Asks first where it makes a new world, or needs the EULA. */
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
  /** To the next free one, at once. */
  changePort(): void
}

/** What can be done with a server; each answer goes into the store at once. */
export function useServerActions(server: Server): ServerActions {
  const client = useClient()
  const putServer = useApp((state) => state.putServer)
  const action = useAction()
  const [words, setWords] = useState<string | null>(null)
  const [dialog, setDialog] = useState<ServerDialog | null>(null)
  const [rotations, setRotations] = useState(0)
  const close = useCallback(() => setDialog(null), [])
  const { id } = server
  /** What asked: where it is still there when the work is done, the focus belongs to it. */
  const origin = useRef<Element | null>(null)
  const ask = (question: Question, onConfirm: () => void) => {
    origin.current = document.activeElement
    modals.openConfirmModal({ ...question, onConfirm })
  }
  const work = (call: () => Promise<void>, said: string | null = null) => {
    setWords(said)
    // A button that is under way loses the focus, and one that has done its work may be gone.
    void action.run(call).then(() => takeLostFocus(origin.current))
  }
  const doing = (call: () => Promise<Server>, said: string | null = null) =>
    work(async () => {
      try {
        putServer(await call())
      } catch (error) {
        const { code } = problemOf(error)
        // Who gave it up knows.
        if (code === 'CANCELLED') return
        if (code !== 'EULA_REQUIRED') throw error
        setDialog('eula')
      }
    }, said)
  return {
    ...action,
    ...{ rotations, dialog, close, open: setDialog },
    doing: action.busy ? words : null,
    start: () => (server.newWorld ? setDialog('start') : doing(() => client.servers.start({ id }))),
    askStop: () => ask(stopQuestion(server), () => doing(() => client.servers.stop({ id }), 'Stopping')),
    askRestart: () =>
      ask(restartQuestion(server), () => doing(() => client.servers.restart({ id }), 'Restarting')),
    askNewPassword: () =>
      ask(passwordQuestion(server), () => {
        setRotations((count) => count + 1)
        doing(() => client.servers.rotatePassword({ id }), 'Changing the RCON password')
      }),
    // The event that it is gone takes it out of the store.
    askDelete: () =>
      ask(deleteQuestion(server), () => work(() => client.servers.remove({ id }), 'Moving to the bin')),
    retry: (acceptEula) =>
      doing(() => client.servers.retry({ id, ...(acceptEula === undefined ? {} : { acceptEula }) })),
    waitForPort: () => doing(() => client.servers.waitForPort({ id })),
    changePort: () => doing(() => client.servers.changePort({ id })),
  }
}
