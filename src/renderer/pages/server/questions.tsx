import type { modals } from '@mantine/modals'
import type { Server } from '../../../shared/model.ts'
import { newContainerWords } from './edit-words.ts'
import { WhatDeleteDoes } from './what-delete-does.tsx'

/** What is asked before something is done; what is done then is the caller's. */
export type Question = Omit<Parameters<typeof modals.openConfirmModal>[0], 'onConfirm'>

export const stopQuestion = ({ name }: Server): Question => ({
  title: `Stop ${name}?`,
  children: <p>Players are disconnected. The world is saved first, which may take a minute.</p>,
  labels: { confirm: 'Stop server', cancel: 'Cancel' },
  confirmProps: { color: 'red' },
})

export const restartQuestion = (server: Server): Question => ({
  title: `Restart ${server.name}?`,
  children: (
    <>
      <p>
        Players are disconnected and can join again once it is Online. The world is saved first, which may
        take a minute.
      </p>
      {server.adopted && server.restartNeeded && <p>{newContainerWords(server)}</p>}
    </>
  ),
  labels: { confirm: 'Restart server', cancel: 'Cancel' },
})

export const passwordQuestion = (server: Server): Question => ({
  title: `Give ${server.name} a new RCON password?`,
  children: (
    <>
      <p>
        {server.status === 'online'
          ? 'The server is restarted with it: players are disconnected, the world is saved first. '
          : 'The server gets it at its next start. '}
        The old one is forgotten once the new one works.
      </p>
      {server.adopted && <p>{newContainerWords(server)}</p>}
    </>
  ),
  labels: { confirm: 'Rotate password', cancel: 'Cancel' },
})

export const deleteQuestion = (server: Server): Question => ({
  title: `Delete ${server.name}?`,
  children: <WhatDeleteDoes server={server} />,
  labels: { confirm: 'Move to bin', cancel: 'Cancel' },
  cancelProps: { 'data-autofocus': true },
  confirmProps: { variant: 'default', className: 'danger' },
})
