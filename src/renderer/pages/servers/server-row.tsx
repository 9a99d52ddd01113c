import { ActionIcon, Loader, Menu, VisuallyHidden } from '@mantine/core'
import { IconDots } from '@tabler/icons-react'
import type { MouseEvent } from 'react'
import { Link, useLocation } from 'wouter'
import { formatAddress } from '../../../shared/describe.ts'
import type { Server } from '../../../shared/model.ts'
import { Ago } from '../../components/ago.tsx'
import { CopyButton } from '../../components/copy-button.tsx'
import { formatGigabytes } from '../../components/format.ts'
import { Status } from '../../components/status.tsx'
import table from '../../components/table.module.css'
import { useCopy } from '../../components/use-copy.ts'
import { useMenuTarget } from '../../components/use-menu-target.ts'
import type { Problem } from '../../problem.ts'
import { ChangeItems } from '../server/change-items.tsx'
import { ServerDialogs } from '../server/server-dialogs.tsx'
import { isToldByTask, mainButton, underStatus } from '../server/task-words.ts'
import { useServerActions } from '../server/use-server-actions.tsx'
import styles from './servers.module.css'

const stay = (event: MouseEvent) => event.stopPropagation()

/** One server in the table. */
export function ServerRow({ server }: { server: Server }) {
  const [, go] = useLocation()
  const copy = useCopy()
  const actions = useServerActions(server)
  const { ref, opens } = useMenuTarget()
  const page = `/servers/${server.id}`
  const address = formatAddress(server.ipAddress, server.port)
  const copyAddress = () => copy(address)
  const main = mainButton(server)
  return (
    <tr className={styles.row} onClick={() => go(page)}>
      <td className={`${table.name} ${styles.name}`}>
        <Link href={page} onClick={stay}>
          {server.name}
        </Link>
      </td>
      <td>
        <Status status={server.status} />
        <UnderStatus server={server} problem={actions.problem} />
      </td>
      <td>
        {/* biome-ignore lint/a11y: keeps a press on the button from opening the row */}
        <span className={styles.addressCell} onClick={stay}>
          <span className={`mono ${server.addressFinal ? '' : 'secondary'}`}>{address}</span>
          {server.addressFinal && (
            <span className={styles.quiet}>
              <CopyButton icon label={`Copy ${address}`} onCopy={copyAddress} />
            </span>
          )}
        </span>
      </td>
      <td className={`${styles.memory} numbers`}>{formatGigabytes(server.memory)}</td>
      <td className="secondary">
        <Ago at={server.createdAt} />
      </td>
      {/* biome-ignore lint/a11y: keeps a press on the menu from opening the row */}
      <td className={styles.actions} onClick={stay}>
        <Menu position="bottom-end" width={224}>
          <Menu.Target>
            <ActionIcon ref={ref} aria-busy={actions.busy}>
              {actions.busy ? <Loader size={14} /> : <IconDots size={16} stroke={1.75} aria-hidden />}
              <VisuallyHidden>Actions for {server.name}</VisuallyHidden>
            </ActionIcon>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item onClick={() => go(page)}>Open</Menu.Item>
            <Menu.Item disabled={!server.addressFinal} onClick={copyAddress}>
              Copy address
            </Menu.Item>
            <Menu.Divider />
            {server.status === 'online' ? (
              <Menu.Item disabled={main?.disabled ?? false} onClick={opens(actions.askStop)}>
                Stop…
              </Menu.Item>
            ) : (
              <Menu.Item
                disabled={main?.does !== 'start' || main.disabled}
                onClick={server.newWorld ? opens(actions.start) : actions.start}
              >
                {server.newWorld ? 'Start…' : 'Start'}
              </Menu.Item>
            )}
            {server.status === 'failed' && server.problem?.code !== 'EULA_REFUSED' && (
              <Menu.Item onClick={() => actions.retry()}>Retry</Menu.Item>
            )}
            <ChangeItems server={server} actions={actions} opens={opens} />
          </Menu.Dropdown>
        </Menu>
        <ServerDialogs server={server} actions={actions} />
      </td>
    </tr>
  )
}

/** What is being done to it, what went wrong, or that somebody meddled: a word under the status. */
function UnderStatus({ server, problem }: { server: Server; problem: Problem | null }) {
  const under = underStatus(server)
  if (problem && !isToldByTask(server, problem))
    return (
      <p className={styles.problem} role="alert">
        {problem.message}
      </p>
    )
  return under && <p className={under.failed ? styles.problem : styles.under}>{under.text}</p>
}
