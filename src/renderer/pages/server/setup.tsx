import { Link } from 'wouter'
import { formatAddress } from '../../../shared/describe.ts'
import type { Server } from '../../../shared/model.ts'
import { CopyButton } from '../../components/copy-button.tsx'
import { useCopy } from '../../components/use-copy.ts'
import { useApp } from '../../store/store.ts'
import styles from './server.module.css'

/** How to join, how to let players in from outside, and how to use RCON. */
export function Setup({ server }: { server: Server }) {
  const host = useApp(
    (state) => state.regions?.flatMap(({ hosts }) => hosts).find(({ id }) => id === server.host) ?? null,
  )
  const version = server.resolvedVersion ?? server.version
  const lan = host?.addresses[0] ?? server.ipAddress
  return (
    <section className="card" aria-labelledby="setup-title">
      <header className={styles.cardHeader}>
        <h2 id="setup-title">Setup</h2>
      </header>
      <div className={styles.setup}>
        <div>
          <h3>Join</h3>
          <ol>
            <li>
              Open Minecraft: Java Edition{/^\d/.test(version) ? ` ${version}` : ''} and choose Multiplayer,
              Add Server.
            </li>
            <li>
              Enter <code>{formatAddress(server.ipAddress, server.port)}</code> as the server address.
            </li>
          </ol>
        </div>
        <div>
          <h3>Players from the internet</h3>
          <ol>
            <li>
              On your router, forward port <code>{server.port}</code>, TCP and UDP, to <code>{lan}</code>.
            </li>
            <li>
              {host?.publicAddress ? (
                <>
                  Players use <code>{host.publicAddress}</code>, the public address of this host.
                </>
              ) : (
                <>
                  Enter your <Link href="/settings">public address</Link>, and it is what players are given.
                </>
              )}
            </li>
          </ol>
        </div>
        <div>
          <h3>RCON</h3>
          <p>Commands to the running game, from this machine only. Without a password:</p>
          <Command text={`docker exec -i ${server.containerName} rcon-cli`} />
          {server.rconPublished && (
            <>
              <p>With any RCON client and the password above:</p>
              <Command text={`mcrcon -H 127.0.0.1 -P ${server.rconPort} -p PASSWORD`} />
            </>
          )}
        </div>
      </div>
    </section>
  )
}

function Command({ text }: { text: string }) {
  const copy = useCopy()
  return (
    <div className={styles.command}>
      <code>{text}</code>
      <CopyButton icon label={`Copy command: ${text.split(' ')[0]}`} onCopy={() => copy(text)} />
    </div>
  )
}
