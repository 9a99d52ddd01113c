import { ActionIcon, Menu, VisuallyHidden } from '@mantine/core'
import { IconDots } from '@tabler/icons-react'
import { Link } from 'wouter'

/** The other ways to servers: those that are here already, and those of a file. */
export function MoreServers() {
  return (
    <Menu position="bottom-end" width={210}>
      <Menu.Target>
        <ActionIcon size={32}>
          <IconDots size={16} stroke={1.75} aria-hidden />
          <VisuallyHidden>More ways to servers</VisuallyHidden>
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item component={Link} href="/found">
          Found on this machine
        </Menu.Item>
        <Menu.Item component={Link} href="/import">
          Import servers…
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}
