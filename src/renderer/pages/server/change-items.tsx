import { Menu } from '@mantine/core'
import type { Server } from '../../../shared/model.ts'
import type { useMenuTarget } from '../../components/use-menu-target.ts'
import { underWay } from './task-words.ts'
import type { ServerActions } from './use-server-actions.tsx'

interface Props {
  server: Server
  actions: ServerActions
  opens: ReturnType<typeof useMenuTarget>['opens']
}

/** The menu's items that change a server or put it away. */
export function ChangeItems({ server, actions, opens }: Props) {
  const busy = underWay(server) !== null
  const still = server.status === 'online' || server.status === 'stopped'
  return (
    <>
      {server.status === 'online' && (
        <Menu.Item disabled={busy} onClick={opens(actions.askRestart)}>
          Restart…
        </Menu.Item>
      )}
      <Menu.Item onClick={opens(() => actions.open('edit'))}>Edit…</Menu.Item>
      {server.addressFinal && (
        <Menu.Item disabled={busy} onClick={opens(() => actions.open('port'))}>
          Change port…
        </Menu.Item>
      )}
      {still && (
        <Menu.Item disabled={busy} onClick={opens(actions.askNewPassword)}>
          Rotate RCON password…
        </Menu.Item>
      )}
      <Menu.Divider />
      <Menu.Item className="danger" onClick={opens(actions.askDelete)}>
        Delete…
      </Menu.Item>
    </>
  )
}
