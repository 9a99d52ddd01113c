import { TextInput } from '@mantine/core'
import { useElementSize } from '@mantine/hooks'
import { IconSearch } from '@tabler/icons-react'
import { useMemo, useRef, useState } from 'react'
import type { PortPoolView } from '../../../shared/ports.ts'
import { plural } from '../../components/format.ts'
import { HeldPorts } from './held-ports.tsx'
import { findPorts } from './port-grid.ts'
import { PortMap } from './port-map.tsx'
import { PortPanel } from './port-panel.tsx'
import styles from './ports.module.css'

/** The width from which rows of 50 fit beside their head; below it they hold 25. */
const wide = 986

/** One pool: counts, search, the map, the port that is looked at, and everything that is held. */
export function PoolView({ pool }: { pool: PortPoolView }) {
  const [query, setQuery] = useState('')
  const [selected, setSelected] = useState(pool.first)
  const { ref, width } = useElementSize()
  const map = useRef<HTMLDivElement>(null)
  const found = useMemo(() => findPorts(pool.ports, query), [pool.ports, query])
  const port = pool.ports.find((candidate) => candidate.port === selected) ?? pool.ports[0]
  const columns = width >= wide ? 50 : 25

  const search = (text: string) => {
    setQuery(text)
    const [first] = findPorts(pool.ports, text) ?? []
    if (first !== undefined) setSelected(first)
  }
  const goToFirst = () => {
    const [first] = found ?? []
    if (first === undefined) return
    setSelected(first)
    requestAnimationFrame(() => map.current?.querySelector<HTMLElement>(`[data-port="${first}"]`)?.focus())
  }
  return (
    <div ref={ref} className={styles.pool} data-wide={columns === 50 || undefined}>
      <div className={styles.bar}>
        <ul className={styles.legend} aria-label="Counts">
          {(['free', 'reserved', 'blocked'] as const).map((state) => (
            <li key={state}>
              <span className={styles.cell} data-state={state} aria-hidden />
              <strong className="numbers">{pool.counts[state]}</strong> {state}
            </li>
          ))}
        </ul>
        <span className="secondary small" role="status">
          {found ? plural(found.size, 'match', 'matches') : ''}
        </span>
        <TextInput
          aria-label="Search ports"
          type="search"
          placeholder="Port, server or holder"
          size="xs"
          leftSection={<IconSearch size={14} stroke={1.75} aria-hidden />}
          className={styles.search ?? ''}
          value={query}
          onChange={(event) => search(event.currentTarget.value)}
          onKeyDown={(event) => event.key === 'Enter' && goToFirst()}
        />
      </div>
      <div className={`card ${styles.mapCard}`}>
        <PortMap
          ref={map}
          pool={pool}
          columns={columns}
          found={found}
          selected={port?.port ?? pool.first}
          onSelect={setSelected}
        />
      </div>
      {port && <PortPanel port={port} />}
      <HeldPorts ports={pool.ports} found={found} selected={port?.port ?? null} onSelect={setSelected} />
    </div>
  )
}
