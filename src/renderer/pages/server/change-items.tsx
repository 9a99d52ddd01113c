import { Menu } from '@mantine/core'
import type { Server } from '../../../shared/model.ts'
import type { ServerActions } from './use-server-actions.tsx'

interface Props {
  server: Server
  actions: ServerActions
  onEdit(): void
}

/** The menu's items that change a server or put it away. */
export function ChangeItems({ server, actions, onEdit }: Props) {
  return (
    <>
      {server.status === 'online' && <Menu.Item onClick={actions.askRestart}>Restart…</Menu.Item>}
      <Menu.Item onClick={onEdit}>Edit…</Menu.Item>
      <Menu.Divider />
      <Menu.Item color="red" onClick={actions.askDelete}>
        Delete…
      </Menu.Item>
    </>
  )
}
