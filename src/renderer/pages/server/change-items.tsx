import { Menu } from '@mantine/core'
import type { Server } from '../../../shared/model.ts'
import type { useMenuTarget } from '../../components/use-menu-target.ts'
import type { ServerActions } from './use-server-actions.tsx'

interface Props {
  server: Server
  actions: ServerActions
  onEdit(): void
  opens: ReturnType<typeof useMenuTarget>['opens']
}

/** The menu's items that change a server or put it away. */
export function ChangeItems({ server, actions, onEdit, opens }: Props) {
  return (
    <>
      {server.status === 'online' && <Menu.Item onClick={opens(actions.askRestart)}>Restart…</Menu.Item>}
      <Menu.Item onClick={opens(onEdit)}>Edit…</Menu.Item>
      {(server.status === 'online' || server.status === 'stopped') && (
        <Menu.Item onClick={opens(actions.askNewPassword)}>Rotate RCON password…</Menu.Item>
      )}
      <Menu.Divider />
      <Menu.Item className="danger" onClick={opens(actions.askDelete)}>
        Delete…
      </Menu.Item>
    </>
  )
}
