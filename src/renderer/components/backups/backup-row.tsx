import { ActionIcon, Button, Loader, Menu, VisuallyHidden } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconCheck, IconDots } from '@tabler/icons-react'
import { Link } from 'wouter'
import type { WorldBackup } from '../../../shared/worlds.ts'
import { useApp } from '../../store/store.ts'
import { Ago } from '../ago.tsx'
import { formatBytes } from '../format.ts'
import { takeLostFocus } from '../lost-focus.ts'
import { ProblemNotice } from '../notice.tsx'
import table from '../table.module.css'
import { useMenuTarget } from '../use-menu-target.ts'
import { backupReasons, downloadUrl, gameText } from './backup-words.ts'
import styles from './backups.module.css'
import { RestoreDialog } from './restore-dialog.tsx'
import { useBackupActions } from './use-backup-actions.tsx'

/** One world as a file; what went wrong with it is said under it. */
export function BackupRow({ backup, withServer }: { backup: WorldBackup; withServer: boolean }) {
  const actions = useBackupActions(backup)
  const [restoring, dialog] = useDisclosure(false)
  const { ref, opens } = useMenuTarget()
  const desktop = useApp((state) => state.app?.mode === 'desktop')
  const { id, serverName, missing } = backup
  return (
    <>
      <tr>
        {withServer && <ServerCell backup={backup} />}
        <td className={table.name}>
          <Ago at={backup.createdAt} />
          <p className="secondary small">
            {backupReasons[backup.reason]} · {gameText(backup)}
          </p>
        </td>
        <td className={`numbers ${styles.size}`} title="The file, and the world in it">
          {formatBytes(backup.bytes)}
          <p className="secondary small">of {formatBytes(backup.worldBytes)}</p>
        </td>
        <td className="secondary">
          {missing ? (
            <span className="danger" title={`${backup.file} is not there, or is another one.`}>
              file missing
            </span>
          ) : (
            <Ago at={backup.verifiedAt} />
          )}
        </td>
        <td>
          <div className={styles.buttons}>
            <Button
              variant="default"
              disabled={missing}
              aria-label={`Restore the backup of ${serverName}…`}
              onClick={dialog.open}
            >
              Restore…
            </Button>
            <Menu position="bottom-end" width={160}>
              <Menu.Target>
                <ActionIcon ref={ref} size={32} aria-busy={actions.busy}>
                  <MenuSign busy={actions.busy} done={actions.said !== null} />
                  <VisuallyHidden>More for the backup of {serverName}</VisuallyHidden>
                </ActionIcon>
              </Menu.Target>
              <Menu.Dropdown>
                {desktop ? (
                  <Menu.Item disabled={missing} onClick={opens(actions.save)}>
                    Save as…
                  </Menu.Item>
                ) : (
                  <Menu.Item component="a" href={downloadUrl(id)} download disabled={missing}>
                    Download
                  </Menu.Item>
                )}
                <Menu.Item disabled={missing} onClick={opens(actions.verify)}>
                  Verify
                </Menu.Item>
                <Menu.Divider />
                <Menu.Item className="danger" onClick={opens(actions.askDelete)}>
                  Delete…
                </Menu.Item>
              </Menu.Dropdown>
            </Menu>
          </div>
          <VisuallyHidden role="status">{actions.said}</VisuallyHidden>
          <RestoreDialog
            backup={backup}
            opened={restoring}
            onClose={dialog.close}
            onGone={() => takeLostFocus()}
          />
        </td>
      </tr>
      {actions.problem && (
        <tr className={styles.told}>
          <td colSpan={withServer ? 5 : 4}>
            <ProblemNotice problem={actions.problem} onClose={actions.dismiss} />
          </td>
        </tr>
      )}
    </>
  )
}

function MenuSign({ busy, done }: { busy: boolean; done: boolean }) {
  if (busy) return <Loader size={14} />
  const Sign = done ? IconCheck : IconDots
  return <Sign size={16} stroke={1.75} aria-hidden />
}

function ServerCell({ backup: { serverId, serverName } }: { backup: WorldBackup }) {
  const name = useApp((state) => state.servers?.[serverId]?.name ?? null)
  const inBin = useApp((state) => Boolean(state.bin?.some(({ id }) => id === serverId)))
  if (name !== null)
    return (
      <th scope="row" className={`${table.name} ${styles.server}`} title={name}>
        <Link href={`/servers/${serverId}`}>{name}</Link>
      </th>
    )
  return (
    <th scope="row" className={table.name} title={serverName}>
      {serverName}
      <p className={`secondary small ${styles.gone}`}>
        {inBin ? <Link href="/bin">in the bin</Link> : 'deleted server'}
      </p>
    </th>
  )
}
