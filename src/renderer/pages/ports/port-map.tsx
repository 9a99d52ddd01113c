import { type KeyboardEvent, memo, type Ref, type SyntheticEvent, useMemo } from 'react'
import { describePort } from '../../../shared/describe.ts'
import type { Port, PortPoolView } from '../../../shared/ports.ts'
import { moveInGrid, rowsOf } from './port-grid.ts'
import styles from './ports.module.css'

const manyRows = 100

interface Props {
  ref: Ref<HTMLDivElement>
  pool: PortPoolView
  columns: number
  /** Ports that the search found; null while there is no search. */
  found: Set<number> | null
  selected: number
  onSelect(port: number): void
}

const portAt = (target: EventTarget): number | null => {
  const cell = target instanceof HTMLElement ? target.closest<HTMLElement>('[data-port]') : null
  return cell ? Number(cell.dataset.port) : null
}

/** The map: one cell a port, moved through with the arrow keys. Each cell's name says everything about it. */
export function PortMap({ ref, pool, columns, found, selected, onSelect }: Props) {
  const rows = useMemo(() => rowsOf(pool.ports, columns), [pool.ports, columns])
  const name = pool.purpose === 'game' ? 'Game ports' : 'RCON ports'

  const select = (event: SyntheticEvent) => {
    const port = portAt(event.target)
    if (port !== null && port !== selected) onSelect(port)
  }
  const move = (event: KeyboardEvent<HTMLDivElement>) => {
    const index = pool.ports.findIndex(({ port }) => port === portAt(event.target))
    const target = index < 0 ? null : moveInGrid(index, event, columns, pool.ports.length)
    const port = target === null ? undefined : pool.ports[target]
    if (!port) return
    event.preventDefault()
    event.currentTarget.querySelector<HTMLElement>(`[data-port="${port.port}"]`)?.focus()
  }
  return (
    // biome-ignore lint/a11y/useSemanticElements: a grid of cells that take the focus, not a table of data.
    <div
      ref={ref}
      className={styles.map}
      role="grid"
      aria-label={name}
      aria-rowcount={rows.length}
      data-long={rows.length > manyRows || undefined}
      tabIndex={-1}
      onFocus={select}
      onClick={select}
      onKeyDown={move}
    >
      {rows.map((ports) => {
        const [first] = ports
        const here = ports.some(({ port }) => port === selected) ? selected : null
        return first && <MapRow key={first.port} ports={ports} found={found} selected={here} />
      })}
    </div>
  )
}

interface RowProps {
  ports: Port[]
  found: Set<number> | null
  selected: number | null
}

const MapRow = memo(function MapRow({ ports, found, selected }: RowProps) {
  return (
    // biome-ignore lint/a11y: its cells take the focus
    <div role="row" className={styles.mapRow}>
      {/* biome-ignore lint/a11y: the row's head in a grid of roles */}
      <span role="rowheader" className={styles.head}>
        {ports[0]?.port}
      </span>
      {ports.map((port) => (
        // biome-ignore lint/a11y: a cell of the grid; the grid handles its keys
        <span
          key={port.port}
          role="gridcell"
          className={styles.cell}
          data-port={port.port}
          data-state={port.state}
          data-dim={(found && !found.has(port.port)) || undefined}
          aria-label={describePort(port)}
          aria-selected={port.port === selected}
          title={describePort(port)}
          tabIndex={port.port === selected ? 0 : -1}
        />
      ))}
    </div>
  )
})
