import { randomBytes } from 'node:crypto'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { type Database, openDatabase } from '../../../src/main/database/open.ts'
import { listPorts, reservePort, setPools } from '../../../src/main/database/ports.ts'
import { insertServer } from '../../../src/main/database/servers.ts'
import type { ContainerSummary } from '../../../src/main/engine/types.ts'
import { createActivityRecorder } from '../../../src/main/observe/activity.ts'
import { createEventHub } from '../../../src/main/observe/events.ts'
import { type AllocatedPorts, createPortAllocator } from '../../../src/main/provisioning/allocate.ts'
import type { Capacity } from '../../../src/main/provisioning/capacity.ts'
import { createPortPool } from '../../../src/main/provisioning/port-pool.ts'
import type { PortProbe } from '../../../src/main/provisioning/port-probe.ts'
import { provisionServer } from '../../../src/main/provisioning/provision.ts'
import { createSealer } from '../../../src/main/secrets/seal.ts'
import { createCredentialStore } from '../../../src/main/servers/credentials.ts'
import { ensureLocalHost, LOCAL, refreshAddresses } from '../../../src/main/servers/hosts.ts'
import { type CreateServerInput, createServerInputSchema } from '../../../src/shared/model.ts'
import type { PortHolder, PortRange, Purpose } from '../../../src/shared/ports.ts'

export const nginx: PortHolder = {
  kind: 'process',
  name: 'nginx',
  pid: 812,
  protocol: 'tcp',
  address: '127.0.0.1',
}

export interface KitOptions {
  /** Where the database is; in memory when left out. */
  file?: string
  /** The data key; a new one when left out. */
  key?: Buffer
  ranges?: Record<Purpose, PortRange>
  addresses?: readonly string[]
  capacity?: Capacity
  /** What a check waits for; a turn of the loop when left out. */
  pause?: () => Promise<unknown>
}

/** The core's port keeping on a database in memory, over a network and an engine that are made up. */
export function openKit(options: KitOptions = {}) {
  const database = openDatabase(options.file ?? ':memory:')
  ensureLocalHost(database)
  if (options.ranges) setPools(database, LOCAL, options.ranges)
  refreshAddresses(database, options.addresses ?? ['192.0.2.7'])
  const clock = { at: 1_000 }
  const now = () => clock.at
  const probe = fakeProbe(database, options.pause ?? (() => nextTurn()))
  const engine = { containers: [] as ContainerSummary[], lists: 0 }
  const listContainers = async () => {
    engine.lists += 1
    return engine.containers
  }
  const events = createEventHub()
  const activity = createActivityRecorder(database, events, now)
  const pool = createPortPool({ database, probe, listContainers, events, now })
  const allocator = createPortAllocator(database, pool)
  const credentials = createCredentialStore(
    createSealer(options.key ?? randomBytes(32)),
    (id) => `http://here/panel/${id}`,
  )
  const capacity = { memoryBytes: null, diskFreeBytes: null, ...options.capacity } as Capacity
  return {
    ...{
      database,
      clock,
      now,
      probe,
      engine,
      listContainers,
      events,
      activity,
      pool,
      allocator,
      credentials,
    },
    capacity,
    provision: (input: CreateServerInput) =>
      provisionServer({ database, allocator, credentials, capacity: async () => capacity, now }, input),
    /** Asks for the ports of a server of that id; `fail` throws after they are reserved. */
    reserve: (id: string, fail?: Error) =>
      allocator.allocateServerPort({
        hostId: LOCAL,
        purposes: ['game', 'rcon'],
        commit(ports) {
          writeServer(database, id, ports, now())
          if (fail) throw fail
          return ports
        },
      }),
    counts: (purpose: Purpose) => countPorts(database, purpose),
  }
}

export type Kit = ReturnType<typeof openKit>

/** A probe over a map of who holds what; notes each check, and those of ports that a server of ours holds. */
function fakeProbe(database: Database, pause: () => Promise<unknown>) {
  const held = new Map<number, PortHolder>()
  const checked: number[] = []
  const trespasses: number[] = []
  const verdicts = new Map<number, boolean>()
  const ours = database.prepare('SELECT 1 FROM ports WHERE port = ? AND server_id IS NOT NULL').pluck()
  const probe: PortProbe = {
    snapshot: async (containers) => {
      const claims = new Map(containers.flatMap((one) => one.hostPorts.map((port) => [port, one] as const)))
      return { claims, listeners: new Map(), owners: async () => new Map() }
    },
    look: async (port, { claims }) => {
      const claim = claims.get(port)
      if (claim) return { kind: 'container', name: claim.name, id: claim.id, running: claim.running }
      return held.get(port) ?? null
    },
    check: async (port, snapshot) => {
      checked.push(port)
      if (ours.get(port)) trespasses.push(port)
      await pause()
      // Still bound: a start of the server that took it meanwhile would fail.
      if (ours.get(port)) trespasses.push(port)
      const holder = await probe.look(port, snapshot)
      verdicts.set(port, holder === null)
      return holder
    },
  }
  return { ...probe, held, checked, trespasses, verdicts }
}

/** A server's row with its ports, all else made up. */
function writeServer(database: Database, id: string, ports: AllocatedPorts, now: number): void {
  insertServer(database, {
    ...{ id, owner: 'local', name: `Server ${id}`, nameKey: `server ${id}`, status: 'provisioning' },
    ...{ desired: 'running', type: 'VANILLA', version: '1.20.4', resolvedVersion: '1.20.4' },
    ...{ memoryMb: 512, diskGb: 1, hostId: LOCAL, address: '192.0.2.7' },
    ...{ containerName: `server-${id}`, volumeName: `server-${id}`, rconPassword: 'v1.none' },
    ...{ panelUsername: `server-${id}`, panelPassword: 'v1.none', eulaAcceptedAt: now, createdAt: now },
  })
  for (const purpose of ['game', 'rcon'] as const) {
    const port = ports[purpose]
    if (port !== undefined) reservePort(database, { hostId: LOCAL, port, purpose }, id, now)
  }
}

function countPorts(database: Database, purpose: Purpose) {
  const counts = { free: 0, reserved: 0, blocked: 0 }
  for (const { state } of listPorts(database, LOCAL, purpose)) counts[state] += 1
  return counts
}

/** Every row of every table, to compare. */
export function dump(database: Database): Record<string, unknown[]> {
  const tables = database.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").pluck().all()
  return Object.fromEntries(
    tables.map((table) => [table, database.prepare(`SELECT * FROM "${table}"`).all()]),
  )
}

/** What Create sends, with defaults. */
export function input(change: Partial<CreateServerInput> = {}): CreateServerInput {
  return createServerInputSchema.parse({
    ...{ name: 'My server', memory: 1, diskSpace: 10, acceptEula: true },
    ...change,
  })
}

/** Small pools that can be seen whole. */
export function smallRanges(size: number): Record<Purpose, PortRange> {
  return { game: { first: 3001, last: 3000 + size }, rcon: { first: 4001, last: 4000 + size } }
}

/** The error that the work ends with. @throws Error when it ends well */
export async function failureOf(work: () => unknown): Promise<Error & { code?: string; data?: unknown }> {
  try {
    await work()
  } catch (error) {
    if (error instanceof Error) return error
    throw new Error(`It threw ${String(error)}, not an error.`)
  }
  throw new Error('It did not fail.')
}

export { LOCAL }
