import { ActionIcon } from '@mantine/core'
import { IconEye, IconEyeOff } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { formatAddress } from '../../../shared/describe.ts'
import type { Credentials, Server } from '../../../shared/model.ts'
import { CopyButton } from '../../components/copy-button.tsx'
import { ProblemNotice } from '../../components/notice.tsx'
import { useCopy } from '../../components/use-copy.ts'
import { useApp } from '../../store/store.ts'
import styles from './server.module.css'
import { useCredentials } from './use-credentials.ts'

const hidden = '••••••••••••'

/** What players and administrators need: the address, RCON and the panel's login. */
export function ConnectCard({ server, rotations }: { server: Server; rotations: number }) {
  const copy = useCopy()
  const secrets = useCredentials(server.id, `${server.run?.id} ${rotations}`)
  const clears = useApp((state) => state.app?.clipboardClears ?? false)
  const address = formatAddress(server.ipAddress, server.port)
  const rcon = formatAddress('127.0.0.1', server.rconPort)
  return (
    <section className="card" aria-labelledby="connect-title">
      <header className={styles.cardHeader}>
        <h2 id="connect-title">Connect</h2>
      </header>
      {secrets.problem && (
        <div className={styles.inside}>
          <ProblemNotice problem={secrets.problem} onClose={secrets.dismiss} />
        </div>
      )}
      <div className={styles.rows}>
        <Row name="Address" value={<span className={`mono ${styles.big}`}>{address}</span>}>
          {server.addressFinal ? (
            <CopyButton variant="filled" label="Copy address" onCopy={() => copy(address)} />
          ) : (
            <span className="secondary small">The address may still change until the server is Online.</span>
          )}
        </Row>
        {server.rconPublished && (
          <Row name="RCON address" value={<span className="mono">{rcon}</span>}>
            <CopyButton icon label="Copy RCON address" onCopy={() => copy(rcon)} />
          </Row>
        )}
        <Row name="RCON password" value={<span className="mono">{secrets.rconPassword ?? hidden}</span>}>
          <Reveal what="RCON password" shown={Boolean(secrets.rconPassword)} onPress={secrets.toggleRcon} />
          <CopyButton
            label="Copy RCON password"
            onCopy={async () => copy((await secrets.ask()).rconPassword, true)}
          />
        </Row>
        <Row name="Panel login" value={<PanelValue panel={secrets.panel} closed={secrets.panelClosed} />}>
          <Reveal what="panel login" shown={Boolean(secrets.panel)} onPress={secrets.togglePanel} />
          <CopyButton
            label="Copy panel login"
            disabled={secrets.panelClosed}
            onCopy={async () => copy(panelLines((await secrets.ask()).panel), true)}
          />
        </Row>
      </div>
      <p className={styles.note}>
        {clears
          ? 'A copied password leaves the clipboard after 60 s.'
          : 'The browser can’t clear the clipboard by itself: copy something else once a password is used.'}{' '}
        The panel login opens on this machine only.
        {!server.rconPublished && ' Its container does not publish RCON: use docker exec, below.'}
      </p>
    </section>
  )
}

/** The panel's login in three lines: page, user name, password. */
function panelLines({ url, username, password }: Credentials['panel']): string {
  if (url === null) throw new Error('The panel page is not being served.')
  return [url, username, password].join('\n')
}

function Row({ name, value, children }: { name: string; value: ReactNode; children: ReactNode }) {
  return (
    <div className={styles.row}>
      <span className={styles.rowName}>{name}</span>
      <div className={styles.rowValue}>{value}</div>
      <div className={styles.rowActions}>{children}</div>
    </div>
  )
}

function PanelValue({ panel, closed }: { panel: Credentials['panel'] | null; closed: boolean }) {
  const desktop = useApp((state) => state.app?.mode === 'desktop')
  return (
    <>
      {panel ? (
        <div className={`mono ${styles.panel}`}>
          {panel.url &&
            (desktop ? (
              // The window opens no page by itself; this one is for a browser.
              <span>{panel.url}</span>
            ) : (
              <a href={panel.url} target="_blank" rel="noreferrer">
                {panel.url}
              </a>
            ))}
          <span>{panel.username}</span>
          <span>{panel.password}</span>
        </div>
      ) : (
        <span className="mono">{hidden}</span>
      )}
      {closed && (
        <p className="secondary small">The panel page is not being served now, so its login leads nowhere.</p>
      )}
    </>
  )
}

function Reveal({ what, shown, onPress }: { what: string; shown: boolean; onPress(): Promise<void> }) {
  const label = `${shown ? 'Hide' : 'Reveal'} ${what}`
  const Glyph = shown ? IconEyeOff : IconEye
  return (
    <ActionIcon size={30} aria-label={label} title={label} onClick={() => void onPress()}>
      <Glyph size={16} stroke={1.75} aria-hidden />
    </ActionIcon>
  )
}
