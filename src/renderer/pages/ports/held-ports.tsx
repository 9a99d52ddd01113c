import { describeHolder } from '../../../shared/describe.ts'
import type { Port } from '../../../shared/ports.ts'
import { Ago } from '../../components/ago.tsx'
import { PortServer } from './port-server.tsx'
import styles from './ports.module.css'

interface Props {
  ports: Port[]
  found: Set<number> | null
  selected: number | null
  onSelect(port: number): void
}

/** Every port that is not free, blocked ones first. */
export function HeldPorts({ ports, found, selected, onSelect }: Props) {
  const held = ports
    .filter(({ port, state }) => state !== 'free' && (!found || found.has(port)))
    .sort((one, other) => Number(other.state === 'blocked') - Number(one.state === 'blocked'))
  return (
    <section className={`card ${styles.held}`} aria-labelledby="held-title">
      <h2 id="held-title" className={styles.heldTitle}>
        Held ports
      </h2>
      {held.length === 0 && (
        <p className={styles.none}>
          {found ? 'No held port matches.' : 'Nothing holds a port of this pool.'}
        </p>
      )}
      <ul className={styles.heldList}>
        {held.map((port) => (
          <li key={port.port} data-selected={port.port === selected || undefined}>
            <span className={styles.cell} data-state={port.state} aria-hidden />
            <button
              type="button"
              className={`mono ${styles.pick}`}
              aria-label={`Show port ${port.port}`}
              onClick={() => onSelect(port.port)}
            >
              {port.port}
            </button>
            <span className={styles.holder}>
              {port.server ? (
                <PortServer server={port.server} />
              ) : port.holder ? (
                describeHolder(port.holder)
              ) : (
                'unknown'
              )}
            </span>
            <span className="secondary small">{port.since !== null && <Ago at={port.since} />}</span>
          </li>
        ))}
      </ul>
    </section>
  )
}
