import type { Violation } from './checker/judge.ts'
import { violationKinds } from './checker/judge.ts'

/** What a run counts. */
export interface Tally {
  kills: number
  /** Deaths at each point, by name. */
  points: Map<string, number>
  /** Where it died, told apart by operation, point and pass. */
  spots: Set<string>
  /** Deaths in each operation. */
  operations: Map<string, number>
  /** Milliseconds from restart until all was true. */
  times: number[]
  violations: { where: string; found: Violation[] }[]
}

export function emptyTally(): Tally {
  return { kills: 0, points: new Map(), spots: new Set(), operations: new Map(), times: [], violations: [] }
}

export function count(map: Map<string, number>, name: string): void {
  map.set(name, (map.get(name) ?? 0) + 1)
}

/** The end of a run: tables, the longest time, and what was found, in one line when that is nothing. */
export function report(tally: Tally, seed: number): string {
  const lines = [
    ...table('deaths in each operation', tally.operations),
    ...table('deaths at each point', tally.points),
  ]
  const times = [...tally.times].sort((a, b) => a - b)
  const seconds = (milliseconds: number | undefined) => `${((milliseconds ?? 0) / 1000).toFixed(1)} s`
  lines.push(
    `${tally.kills} kills, seed ${seed}${tally.spots.size > 0 ? `, at ${tally.spots.size} spots told apart by operation, point and pass` : ''}`,
    `until all was true: ${seconds(times[times.length >> 1])} in the middle, ${seconds(times.at(-1))} at most`,
  )
  for (const { where, found } of tally.violations)
    lines.push(`VIOLATION ${where}`, ...found.map(({ kind, text }) => `  ${kind}: ${text}`))
  const totals = violationKinds.map((kind) => {
    const number = tally.violations.flatMap(({ found }) => found).filter((one) => one.kind === kind).length
    return `${number} ${number === 1 ? kind : `${kind}s`}`
  })
  lines.push(totals.join(', '))
  return lines.join('\n')
}

function table(title: string, map: Map<string, number>): string[] {
  if (map.size === 0) return []
  const rows = [...map].sort(([a], [b]) => a.localeCompare(b, 'en'))
  return [`${title}:`, ...rows.map(([name, number]) => `  ${String(number).padStart(4)}  ${name}`)]
}
