import { describePort } from '../../../shared/describe.ts'
import type { Port } from '../../../shared/ports.ts'

/** Ports in rows of `columns`. */
export function rowsOf(ports: Port[], columns: number): Port[][] {
  const rows: Port[][] = []
  for (let start = 0; start < ports.length; start += columns) rows.push(ports.slice(start, start + columns))
  return rows
}

/**
 * Where a key leads in the map.
 * @param index of the port that has the focus, among `count` in rows of `columns`
 * @returns the new index, or null for a key that moves nowhere
 */
export function moveInGrid(
  index: number,
  { key, ctrlKey }: { key: string; ctrlKey: boolean },
  columns: number,
  count: number,
): number | null {
  const within = (target: number) => (target >= 0 && target < count ? target : index)
  const rowStart = index - (index % columns)
  switch (key) {
    case 'ArrowLeft':
      return within(index - 1)
    case 'ArrowRight':
      return within(index + 1)
    case 'ArrowUp':
      return within(index - columns)
    case 'ArrowDown':
      return within(index + columns)
    case 'Home':
      return ctrlKey ? 0 : rowStart
    case 'End':
      return ctrlKey ? count - 1 : Math.min(rowStart + columns, count) - 1
    case 'PageUp':
      return index % columns
    case 'PageDown':
      return Math.min(index + columns * Math.floor((count - 1 - index) / columns), count - 1)
    default:
      return null
  }
}

/** The numbers of the ports whose number, server or holder contains the text; null when there is no text. */
export function findPorts(ports: Port[], text: string): Set<number> | null {
  const wanted = text.trim().toLowerCase()
  if (!wanted) return null
  const found = ports.filter((port) => describePort(port).toLowerCase().includes(wanted))
  return new Set(found.map(({ port }) => port))
}
