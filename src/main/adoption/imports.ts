import type { ImportFix, ImportPlan, ImportSource } from '../../shared/adoption.ts'
import { invalidInput } from '../../shared/errors.ts'
import type { Server } from '../../shared/model.ts'
import { readServersOf } from '../data/import-file.ts'
import { findPortRecord, listNameKeys } from '../database/adoption.ts'
import { findHost, findPool, listAddresses } from '../database/hosts.ts'
import { freePorts } from '../database/ports.ts'
import { findServer, listMemory } from '../database/servers.ts'
import type { RecordActivity } from '../observe/activity.ts'
import type { EventHub } from '../observe/events.ts'
import { freeHeapMb } from '../provisioning/capacity.ts'
import type { PortPool } from '../provisioning/port-pool.ts'
import type { PortSnapshot } from '../provisioning/port-probe.ts'
import type { EngineBinding } from '../servers/engine-binding.ts'
import { LOCAL } from '../servers/hosts.ts'
import type { ServerViews } from '../servers/view.ts'
import type { FoundService } from './found.ts'
import { type PlanContext, type PlannedRow, planImport } from './plan.ts'
import { readTable, type SourceTable } from './table.ts'
import { OWNER, type WriteDeps } from './write.ts'
import { writeImport } from './write-import.ts'

/** Servers from a table or from another LightNode's database. */
export interface Imports {
  /** @throws LightNodeError INVALID_INPUT for a source that can't be read, DATABASE_NEWER, DATABASE_DAMAGED */
  preview(source: ImportSource, fixes: readonly ImportFix[]): Promise<ImportPlan>
  /**
   * All or nothing.
   *
   * @throws LightNodeError INVALID_INPUT while a conflict is left, with fields as `rows.3.port`; POOL_EXHAUSTED when
   *   there are not enough RCON ports; nothing is written then
   */
  apply(source: ImportSource, fixes: readonly ImportFix[], actor: string): Promise<Server[]>
}

export interface ImportDeps extends WriteDeps {
  dataDir: string
  /** This installation's data key. */
  key: Buffer
  binding: EngineBinding
  pool: PortPool
  found: Pick<FoundService, 'list'>
  views: ServerViews
  activity: RecordActivity
  events: EventHub
  refuseLost?: (() => void) | undefined
}

export function createImports(deps: ImportDeps): Imports {
  const { database, pool } = deps

  async function read(source: ImportSource): Promise<SourceTable> {
    if (source.kind === 'csv') return readTable(source.text)
    const { servers } = await readServersOf(deps, source.path, source.password)
    return {
      source: `A file of LightNode with ${servers.length} servers`,
      rows: servers.map(({ port, memory, ...server }) => ({
        ...server,
        ...{ port: String(port), memory: String(memory), problem: null },
      })),
    }
  }

  /** Containers that can be adopted; none without an engine. */
  async function adoptable(): Promise<ReadonlySet<string>> {
    if (!deps.binding.usable()) return new Set()
    const { containers } = await deps.found.list().catch(() => ({ containers: [] }))
    return new Set(containers.filter(({ refusal }) => refusal === null).map(({ id }) => id))
  }

  /** The records as they are at this moment; nothing is bound and nothing written down. */
  function contextOf(count: number, snapshot: PortSnapshot, adoptable: ReadonlySet<string>): PlanContext {
    const keys = new Set(listNameKeys(database, OWNER))
    const total = deps.binding.usable()?.info.memoryBytes ?? null
    const host = findHost(database, LOCAL)
    const range = findPool(database, LOCAL, 'game')
    const isHeld = (port: number) => snapshot.claims.has(port) || snapshot.listeners.has(port)
    return {
      isNameTaken: (key) => keys.has(key),
      ownerOfPort(port) {
        const server = findPortRecord(database, LOCAL, port)?.server
        return server ? `${server.name}${server.inBin ? ', which is in the bin' : ''}` : null
      },
      holderOfPort(port) {
        const claim = snapshot.claims.get(port)
        if (claim) return { kind: 'container', name: claim.name, id: claim.id, running: claim.running }
        const listener = snapshot.listeners.get(port)?.[0]
        if (!listener) return null
        const { name, pid, protocol, address } = listener
        return { kind: 'process', name, pid, protocol, address }
      },
      isAdoptable: (id) => adoptable.has(id),
      // Each row may want one port and be proposed another.
      freePorts: freePorts(database, LOCAL, 'game', range.last - range.first + 1 + count).filter(
        (port) => !isHeld(port),
      ),
      pool: range,
      addresses: [...listAddresses(database, LOCAL), ...(host?.publicAddress ? [host.publicAddress] : [])],
      freeHeapMb: total === null ? null : freeHeapMb(total, listMemory(database, LOCAL)),
    }
  }

  async function preview(source: ImportSource, fixes: readonly ImportFix[]): Promise<ImportPlan> {
    const table = await read(source)
    const context = contextOf(table.rows.length, await pool.snapshot(LOCAL), await adoptable())
    return { source: table.source, rows: planImport(table.rows, fixes, context).map(({ row }) => row) }
  }

  async function apply(source: ImportSource, fixes: readonly ImportFix[], actor: string): Promise<Server[]> {
    deps.refuseLost?.()
    const { rows } = await read(source)
    const none: ReadonlySet<string> = new Set()
    const ids = await pool.inTurn(LOCAL, async () => {
      const snapshot = await pool.snapshot(LOCAL)
      const before = planImport(rows, fixes, contextOf(rows.length, snapshot, none))
      refuseConflicts(before)
      const wanted = before.filter(({ leftOut }) => !leftOut)
      // One more for each port that a row has in this pool itself.
      const candidates = await pool.findFree(LOCAL, 'rcon', 2 * wanted.length, snapshot)
      return database.transaction(() => {
        // Again, and now for good: nothing comes between this and the writing.
        const plan = planImport(rows, fixes, contextOf(rows.length, snapshot, none))
        refuseConflicts(plan)
        return write(plan, candidates)
      })()
    })
    const servers = ids.flatMap((id) => deps.views.find(id) ?? [])
    for (const { id, name, port } of servers) {
      const message = `${name} was imported on port ${port}.`
      deps.activity({ serverId: id, serverName: name, actor, action: 'server.imported', message })
      deps.views.publish(id)
    }
    if (servers.length > 0) deps.events.publish({ type: 'ports', hostId: LOCAL })
    return servers
  }

  /** Inside the transaction. @returns the new servers' ids, in order */
  function write(plan: readonly PlannedRow[], candidates: readonly number[]): string[] {
    const taken = plan.filter(({ leftOut }) => !leftOut)
    const own = new Set(taken.map(({ row }) => row.port))
    const rconPorts = candidates.filter(
      (port) => !own.has(port) && findPortRecord(database, LOCAL, port)?.server === null,
    )
    if (rconPorts.length < taken.length) throw pool.exhausted(LOCAL, 'rcon')
    return taken.map((row, index) => {
      const rconPort = rconPorts[index]
      if (rconPort === undefined) throw pool.exhausted(LOCAL, 'rcon')
      const id = writeImport(deps, row, rconPort)
      if (!findServer(database, id)) throw new Error('The server that was just written is not there.')
      return id
    })
  }

  return { preview, apply }
}

/** @throws LightNodeError INVALID_INPUT naming every field that is in the way */
function refuseConflicts(plan: readonly PlannedRow[]): void {
  const fields = plan.flatMap(({ row }) =>
    row.conflicts.map(({ field, message }) => ({ field: `rows.${row.row}.${field}`, message })),
  )
  if (fields.length > 0) throw invalidInput(fields)
}
