import { ActionIcon, Menu } from '@mantine/core'
import { IconDots } from '@tabler/icons-react'
import type { Server } from '../../../shared/model.ts'
import { useMenuTarget } from '../../components/use-menu-target.ts'
import { ChangeItems } from './change-items.tsx'
import type { ServerActions } from './use-server-actions.tsx'

/** Beside the page's main action: restart, edit and delete. */
export function MoreActions({ server, actions }: { server: Server; actions: ServerActions }) {
  const { ref, opens } = useMenuTarget()
  return (
    <Menu position="bottom-end" width={208}>
      <Menu.Target>
        <ActionIcon ref={ref} variant="default" size={32} aria-label="More actions" title="More actions">
          <IconDots size={16} stroke={1.75} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <ChangeItems server={server} actions={actions} opens={opens} />
      </Menu.Dropdown>
    </Menu>
  )
}
