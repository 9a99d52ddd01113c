import type { Known, Memory, Place } from '../record.ts'
import { isSpoilt, type SeenDatabase, type SeenServer, unseal } from './database.ts'
import type { SeenContainer, SeenVolume } from './docker.ts'

/** What can be wrong, as the last line of a run counts it. */
export const violationKinds = [
  'orphan',
  'leaked port',
  'doubled port',
  'lost credential',
  'lost server',
  'lost world',
  'untrue state',
] as const

export interface Violation {
  kind: (typeof violationKinds)[number]
  text: string
}

/** All that the checker reads, at one moment. */
export interface Seen {
  dataDir: string
  database: SeenDatabase
  /** Of this installation. */
  containers: SeenContainer[]
  /** By id, those without its label that rows name. */
  adopted: SeenContainer[]
  volumes: SeenVolume[]
  /** TCP ports that something listens on. */
  listening: Set<number>
  /** Files in the folder of saved worlds. */
  worldFiles: string[]
}

type Add = (kind: Violation['kind'], text: string) => void

const SERVER = 'org.lightnode.server'
const alive = (status: string) => ['running', 'restarting', 'paused'].includes(status)

/** Compares database, containers, volumes, sockets and what the user was told. Empty: all is true. */
export function judge(seen: Seen, memory: Memory): Violation[] {
  const violations: Violation[] = []
  const add: Add = (kind, text) => violations.push({ kind, text })
  judgeContainers(seen, add)
  judgeVolumes(seen, add)
  judgePorts(seen, add)
  judgeWork(seen, memory, add)
  for (const server of seen.database.servers) judgeServer(seen, server, memory.servers.get(server.id), add)
  judgeMemory(seen, memory, add)
  return violations
}

function judgeContainers({ database, containers }: Seen, add: Add): void {
  const rows = new Map(database.servers.map((row) => [row.id, row]))
  for (const container of containers) {
    const row = rows.get(container.labels[SERVER] ?? '')
    const what = `container ${container.name} (${container.status})`
    if (!row) add('orphan', `${what} has no server`)
    else if (row.deleted_at !== null) add('orphan', `${what} of ${row.name}, which is in the bin`)
    else if (!standsFor(row, container)) add('orphan', `${what} is not the one that ${row.name} names`)
  }
}

/** The one that the row names, or one that will be made anew at the next start. */
function standsFor(row: SeenServer, { id, name, status }: SeenContainer): boolean {
  if (row.container_id === id || row.replaced_container_id === id) return true
  return row.container_id === null && name === row.container_name && !alive(status)
}

function judgeVolumes({ database, volumes }: Seen, add: Add): void {
  const names = new Set(volumes.map(({ name }) => name))
  const wanted = new Set([
    ...database.servers.map((row) => row.volume_name),
    ...database.copies.map((copy) => copy.volume_name),
  ])
  for (const name of names) if (!wanted.has(name)) add('orphan', `volume ${name} belongs to no server`)
  for (const { volume_name } of database.copies)
    if (!names.has(volume_name)) add('lost world', `the copy ${volume_name} is gone`)
  for (const row of database.servers)
    if (row.mount_type === 'volume' && row.adopted === 0 && row.first_online_at !== null)
      if (!names.has(row.volume_name)) add('lost world', `the volume of ${row.name} is gone`)
}

function judgePorts({ database, containers, adopted, listening }: Seen, add: Add): void {
  const rows = new Map(database.servers.map((row) => [row.id, row]))
  for (const { port, server_id } of database.ports) {
    if (server_id === null) continue
    const row = rows.get(server_id)
    if (!row) add('leaked port', `port ${port} is reserved for nobody`)
    else if (row.expired_at !== null) add('leaked port', `port ${port} is held by ${row.name}, which expired`)
  }
  for (const { purpose, first_port, last_port } of database.pools) {
    const inside = database.ports.filter(
      ({ port, purpose: of }) => of === purpose && port >= first_port && port <= last_port,
    )
    const size = last_port - first_port + 1
    if (inside.length !== size)
      add('leaked port', `the ${purpose} pool has ${inside.length} of ${size} ports`)
  }
  for (const row of database.servers) {
    const held = database.ports.filter(({ server_id }) => server_id === row.id)
    for (const purpose of ['game', 'rcon'] as const) {
      const count = held.filter((port) => port.purpose === purpose).length
      if (count !== 1 && row.expired_at === null)
        add('leaked port', `${row.name} holds ${count} ${purpose} ports`)
    }
  }
  judgeClaims([...containers, ...adopted], add)
  judgeListeners(database, containers, listening, add)
}

/** No two containers of ours claim one port, running or not. */
function judgeClaims(containers: SeenContainer[], add: Add): void {
  const claims = new Map<string, string>()
  for (const { name, bound } of containers)
    for (const port of bound) {
      const other = claims.get(port)
      if (other) add('doubled port', `${port} is claimed by ${other} and ${name}`)
      claims.set(port, name)
    }
}

/** What listens in a pool's range is a running server's, and its own. */
function judgeListeners(
  database: SeenDatabase,
  containers: SeenContainer[],
  listening: Set<number>,
  add: Add,
): void {
  const running = new Set(
    containers.flatMap(({ status, labels }) => (alive(status) ? [labels[SERVER] ?? ''] : [])),
  )
  const inPool = (port: number) =>
    database.pools.some(({ first_port, last_port }) => port >= first_port && port <= last_port)
  for (const port of listening) {
    if (!inPool(port)) continue
    const holder = database.ports.find((one) => one.port === port)?.server_id ?? null
    if (holder === null) add('leaked port', `something listens on ${port}, which no server holds`)
    else if (!running.has(holder))
      add('untrue state', `something listens on ${port}, whose server is not running`)
  }
}

/** Once all is quiet nothing is half done. */
function judgeWork({ database, worldFiles }: Seen, memory: Memory, add: Add): void {
  for (const { server_id, state } of database.openRuns) add('untrue state', `run of ${server_id} is ${state}`)
  for (const { server_id, kind, step } of database.openTasks)
    add('untrue state', `task ${kind} of ${server_id} is open: ${step}`)
  for (const { name, purged_at } of database.servers)
    if (purged_at !== null) add('untrue state', `${name} is not deleted for good yet`)
  for (const { volume_name, removed_at } of database.copies)
    if (removed_at !== null) add('untrue state', `the earlier world ${volume_name} is not deleted yet`)
  const known = new Set(database.backups.map(({ file }) => file))
  for (const file of worldFiles)
    if (!known.has(file)) add('untrue state', `the file ${file} belongs to no backup`)
  // One that is shown as missing, and can be taken off the list.
  for (const { id, file } of database.backups)
    if (!worldFiles.includes(file) && !memory.removedBackups.has(id))
      add('lost world', `the backup ${file} is gone`)
}

function judgeServer(seen: Seen, row: SeenServer, known: Known | undefined, add: Add): void {
  const password = tryUnseal(
    seen.dataDir,
    row.next_rcon_password ?? row.rcon_password,
    `server/${row.id}/rcon`,
  )
  const panel = tryUnseal(seen.dataDir, row.panel_password, `server/${row.id}/panel`)
  if (!password || !panel) add('lost credential', `a password of ${row.name} can't be opened`)
  if (known) {
    if (known.panelPassword !== panel) add('lost credential', `${row.name} has another panel password`)
    if (known.passwords && !known.passwords.has(password ?? ''))
      add('lost credential', `${row.name} has another RCON password than the user was given`)
  }
  if (row.deleted_at !== null) return
  const container =
    seen.containers.find(({ id }) => id === row.container_id) ??
    seen.adopted.find(({ id }) => id === row.container_id)
  const running = container !== undefined && alive(container.status)
  const wanted = row.desired === 'running'
  const truth = `${row.name}: desired ${row.desired}, status ${row.status}${
    row.problem_code ? ` (${row.problem_code}: ${row.problem_message})` : ''
  }, container ${container?.status ?? 'none'}`
  // One that can't run by its own variables has failed, or does not run on them yet.
  const failed = isSpoilt(row) && row.status === 'failed' && !running
  if (wanted && !failed && !(running && row.status === 'online')) add('untrue state', truth)
  if (!wanted && (running || row.status !== 'stopped')) add('untrue state', truth)
  if (container && running) judgePublished(seen, row, container, add)
}

function judgePublished({ database }: Seen, row: SeenServer, container: SeenContainer, add: Add): void {
  if (row.adopted === 1) return
  const port = (purpose: string) =>
    database.ports.find((one) => one.server_id === row.id && one.purpose === purpose)?.port
  const wanted = [`${port('game')}/tcp`, `${port('game')}/udp`, `${port('rcon')}/tcp`].sort()
  if (JSON.stringify(container.published) !== JSON.stringify(wanted))
    add('untrue state', `${row.name} publishes ${container.published}, not ${wanted}`)
}

/** What the user was told, and what they may believe, against the rows. */
function judgeMemory({ database }: Seen, memory: Memory, add: Add): void {
  const rows = new Map(database.servers.map((row) => [row.id, row]))
  for (const known of memory.servers.values()) {
    const row = rows.get(known.id)
    const [name] = known.names
    const place = placeOf(row)
    if (!known.places.has(place))
      add(
        place === 'gone' ? 'lost server' : 'untrue state',
        `${name} is ${place}, and may only be ${[...known.places].join(' or ')}`,
      )
    if (!row) continue
    const game = database.ports.find((one) => one.server_id === row.id && one.purpose === 'game')?.port
    if (known.ports && game !== undefined && !known.ports.has(game))
      add('untrue state', `${name} has port ${game}, and may only have ${[...known.ports].join(' or ')}`)
    if (!known.names.has(row.name)) add('untrue state', `${name} is called ${row.name}`)
    if (!known.memoryMb.has(row.memory_mb)) add('untrue state', `${name} has ${row.memory_mb} MB`)
    if (!known.versions.has(row.version)) add('untrue state', `${name} has version ${row.version}`)
  }
  for (const row of database.servers)
    if (!memory.servers.has(row.id) && !memory.unanswered.has(row.name))
      add('untrue state', `nobody asked for the server ${row.name}`)
  for (const names of memory.together) {
    const there = names.filter((name) => database.servers.some((row) => row.name === name))
    if (there.length > 0 && there.length < names.length)
      add('untrue state', `of ${names.join(', ')} only ${there.join(', ')} came`)
  }
  for (const id of memory.backups.keys())
    if (!database.backups.some((backup) => backup.id === id))
      add('lost world', `the backup ${id} is forgotten`)
}

export function placeOf(row: SeenServer | undefined): Place {
  if (!row) return 'gone'
  if (row.deleted_at !== null) return 'bin'
  if (row.desired === 'running') return isSpoilt(row) ? 'spoilt' : 'running'
  return 'stopped'
}

function tryUnseal(dataDir: string, sealed: string, purpose: string): string | null {
  try {
    return unseal(dataDir, sealed, purpose)
  } catch {
    return null
  }
}
