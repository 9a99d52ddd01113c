import type { ImportFix, ImportRow } from '../../shared/adoption.ts'
import { describeHolder } from '../../shared/describe.ts'
import { nameSchema } from '../../shared/fields.ts'
import type { PortHolder, PortRange } from '../../shared/ports.ts'
import { nameKey } from '../provisioning/names.ts'
import { freeName } from './free-name.ts'
import { type RowValues, readValues } from './row-values.ts'
import type { SourceRow } from './table.ts'

const MB_PER_GB = 1024

/** What a plan is held against: records and evidence at one moment. */
export interface PlanContext {
  isNameTaken(key: string): boolean
  /** Whose the port is by our records, in words; null for nobody's. */
  ownerOfPort(port: number): string | null
  /** Who holds it outside our records. */
  holderOfPort(port: number): PortHolder | null
  isAdoptable(containerId: string): boolean
  /** Free ports of the pool, in the order in which they are given. */
  freePorts: readonly number[]
  pool: PortRange
  /** Of the host, its public one included. */
  addresses: readonly string[]
  /** MB that fit beside the servers that are there; null while unknown. */
  freeHeapMb: number | null
}

/** A row with all that is written for it. */
export interface PlannedRow {
  /** As it is shown: without a secret. */
  row: ImportRow
  values: RowValues
  /** A person left it out. */
  leftOut: boolean
  /** An address that is none of the host's; null for the host's. */
  ownAddress: string | null
}

/**
 * What importing would write. Names and ports that are doubled, in the source or against what is there, are conflicts:
 * the first of the source keeps its own, each other gets a proposal that meets nothing else. Without a conflict left
 * the whole plan can be written.
 */
export function planImport(
  rows: readonly SourceRow[],
  fixes: readonly ImportFix[],
  context: PlanContext,
): PlannedRow[] {
  const fixOf = new Map(fixes.map((fix) => [fix.row, fix]))
  const read = rows.map((row, index) => {
    const fix = fixOf.get(index + 1)
    return { values: readValues(row, fix), leftOut: fix?.leaveOut === true, row: index + 1 }
  })
  const wanted = read.filter(({ leftOut }) => !leftOut).map(({ values }) => values)
  const proposals = createProposals(wanted, context)
  const seen = { names: new Map<string, number>(), ports: new Map<number, number>(), memoryMb: 0 }
  return read.map(({ values, leftOut, row }) => {
    const shown: ImportRow = {
      ...{ row, name: values.name ?? rows[row - 1]?.name ?? '', port: values.port ?? 0 },
      ...{ ipAddress: values.ipAddress ?? rows[row - 1]?.ipAddress ?? '' },
      ...{ memory: (values.memoryMb ?? 0) / MB_PER_GB, conflicts: [], notes: [], adoptable: null },
    }
    const foreign = values.ipAddress !== null && !context.addresses.includes(values.ipAddress)
    const ownAddress = foreign ? values.ipAddress : null
    const planned = { row: shown, values, leftOut, ownAddress }
    if (leftOut) shown.notes.push('Left out.')
    else {
      nameConflicts(shown, values)
      portConflicts(shown, values)
      otherConflicts(shown, values)
      addNotes(shown, values, ownAddress)
    }
    return planned
  })

  function nameConflicts({ conflicts, row }: ImportRow, { name, wrong }: RowValues): void {
    const field = 'name'
    if (name === null) {
      const { message = 'Give the server a name.' } = wrong.name ?? {}
      // A row that is not like the header has nothing that can be trusted.
      const broken = rows[row - 1]?.problem !== null
      conflicts.push({ field, message, proposal: broken ? null : proposals.name(rows[row - 1]?.name ?? '') })
      return
    }
    const key = nameKey(name)
    const before = seen.names.get(key)
    if (before !== undefined)
      conflicts.push({ field, message: `Row ${before} has this name, too.`, proposal: proposals.name(name) })
    else if (context.isNameTaken(key))
      conflicts.push({ field, message: `Another server is called ${name}.`, proposal: proposals.name(name) })
    else seen.names.set(key, row)
  }

  function portConflicts({ conflicts, row }: ImportRow, { port, wrong }: RowValues): void {
    const field = 'port'
    const refuse = (message: string) => conflicts.push({ field, message, proposal: proposals.port() })
    if (port === null) {
      refuse(wrong.port?.message ?? 'Give a port.')
      return
    }
    const before = seen.ports.get(port)
    const owner = context.ownerOfPort(port)
    if (before !== undefined) refuse(`Row ${before} has this port, too.`)
    else if (owner !== null) refuse(`Port ${port} belongs to ${owner}.`)
    else seen.ports.set(port, row)
  }

  function otherConflicts({ conflicts }: ImportRow, { wrong }: RowValues): void {
    for (const field of ['memory', 'ipAddress', 'rconPassword'] as const)
      if (wrong[field]) conflicts.push({ field, ...wrong[field] })
  }

  function addNotes(shown: ImportRow, values: RowValues, ownAddress: string | null): void {
    const { port, memoryMb } = values
    shown.notes.push('Its world will be new: Start makes it, after it has asked.', ...values.notes)
    if (ownAddress !== null)
      shown.notes.push(`${ownAddress} is no address of this machine: it is kept as what players type.`)
    if (port !== null && context.ownerOfPort(port) === null) portNotes(shown, port)
    seen.memoryMb += memoryMb ?? 0
    if (context.freeHeapMb !== null && seen.memoryMb > context.freeHeapMb)
      shown.notes.push('The engine does not have that much memory left beside the other servers.')
  }

  function portNotes(shown: ImportRow, port: number): void {
    const { first, last } = context.pool
    if (port < first || port > last)
      shown.notes.push(`Port ${port} lies outside the pool (${first}-${last}); it is kept.`)
    const holder = context.holderOfPort(port)
    if (!holder) return
    const adoptable = holder.kind === 'container' && context.isAdoptable(holder.id)
    shown.adoptable = adoptable ? holder.id : null
    shown.notes.push(
      `Port ${port} is held by ${describeHolder(holder)} now: ${adoptable ? 'adopt that instead, and leave this row out, or ' : ''}the first start takes another port.`,
    )
  }
}

/** Values that meet nothing: what is there, what any row wants, what was proposed before. */
function createProposals(wanted: readonly RowValues[], context: PlanContext) {
  const names = new Set(wanted.flatMap(({ name }) => (name === null ? [] : [nameKey(name)])))
  const ports = new Set(wanted.flatMap(({ port }) => (port === null ? [] : [port])))
  let next = 0
  return {
    name(text: string): string {
      const visible = [...text.replace(/[\p{C}\p{Zl}\p{Zp}\p{DI}]/gu, '')].slice(0, 50).join('')
      const base = nameSchema.safeParse(visible).data ?? 'Server'
      const name = freeName(base, (key) => names.has(key) || context.isNameTaken(key))
      names.add(nameKey(name))
      return name
    },
    /** @returns null when the pool has no more */
    port(): string | null {
      while (next < context.freePorts.length) {
        const port = context.freePorts[next++]
        if (port === undefined || ports.has(port)) continue
        ports.add(port)
        return String(port)
      }
      return null
    },
  }
}
