import { describeHolder } from '../../../shared/describe.ts'
import type { Port } from '../../../shared/ports.ts'
import { Ago } from '../../components/ago.tsx'
import { Fact, Facts } from '../../components/facts.tsx'
import { PortServer } from './port-server.tsx'
import styles from './ports.module.css'

const stateTexts = { free: 'Free', reserved: 'Reserved', blocked: 'Blocked' }

/** The port that is looked at: who holds it and since when. */
export function PortPanel({ port }: { port: Port }) {
  const { state, server, holder, since, checkedAt } = port
  return (
    <aside className={`card ${styles.side}`} aria-label="Selected port">
      <header className={styles.sideHead}>
        <h2 className={`mono ${styles.number}`}>{port.port}</h2>
        <span className={styles.state}>
          <span className={styles.cell} data-state={state} aria-hidden />
          {stateTexts[state]}
        </span>
      </header>
      <Facts>
        {server && (
          <Fact name="Server">
            <PortServer server={server} />
          </Fact>
        )}
        {holder && <Fact name="Held by">{describeHolder(holder)}</Fact>}
        {since !== null && (
          <Fact name="Since">
            <Ago at={since} />
          </Fact>
        )}
        <Fact name="Checked">{checkedAt === null ? 'never' : <Ago at={checkedAt} />}</Fact>
      </Facts>
      {state === 'blocked' && (
        <p className="secondary small">
          It is looked at again later and comes back by itself once it is let go.
        </p>
      )}
    </aside>
  )
}
