import type { ErrorCode } from '../../shared/errors.ts'
import type { ServerType } from '../../shared/fields.ts'
import type { ServerStatus } from '../../shared/model.ts'
import type { Database } from './open.ts'

/** A server as stored, its ports joined. The two passwords are sealed. */
export interface ServerRow {
  id: string
  owner: string
  name: string
  status: ServerStatus
  desired: 'running' | 'stopped'
  type: ServerType
  version: string
  resolvedVersion: string | null
  memoryMb: number
  diskGb: number
  hostId: string
  address: string
  containerName: string
  volumeName: string
  containerId: string | null
  /** What its container was made from. */
  image: string | null
  rconPassword: string
  /** Sealed; not null while a rotation waits to be verified. */
  nextRconPassword: string | null
  panelUsername: string
  panelPassword: string
  eulaAcceptedAt: number
  firstOnlineAt: number | null
  problemCode: ErrorCode | null
  problemMessage: string | null
  createdAt: number
  /** 1 while the running container is not made of what the row says. */
  restartNeeded: number
  /** JSON: extra variables of the game. */
  environment: string
  /** Players' address of this server alone. */
  ownAddress: string | null
  /** With `bind` the volume's name is a folder of the host. */
  mountType: 'volume' | 'bind'
  /** 1 for one whose container and world LightNode did not make. */
  adopted: number
  rconVia: 'port' | 'exec'
  /** 1 for one that was made around a world and has not been Online yet: its port may still change. */
  addressOpen: number
  composeProject: string | null
  /** The adopted container that a new one takes the place of. */
  replacedContainerId: string | null
  port: number
  rconPort: number
  regionName: string
  hostName: string
  publicAddress: string | null
}

export type NewServer = Omit<
  ServerRow,
  | 'containerId'
  | 'image'
  | 'nextRconPassword'
  | 'firstOnlineAt'
  | 'problemCode'
  | 'problemMessage'
  | 'restartNeeded'
  | 'environment'
  | 'ownAddress'
  | 'mountType'
  | 'adopted'
  | 'rconVia'
  | 'addressOpen'
  | 'composeProject'
  | 'replacedContainerId'
  | 'port'
  | 'rconPort'
  | 'regionName'
  | 'hostName'
  | 'publicAddress'
> & { nameKey: string }

const selectServers = `
  SELECT servers.id, owner, servers.name, status, desired, type, version, resolved_version AS resolvedVersion,
    memory_mb AS memoryMb, disk_gb AS diskGb, servers.host_id AS hostId, address,
    container_name AS containerName, volume_name AS volumeName, container_id AS containerId, image,
    rcon_password AS rconPassword, next_rcon_password AS nextRconPassword, panel_username AS panelUsername, panel_password AS panelPassword,
    eula_accepted_at AS eulaAcceptedAt, first_online_at AS firstOnlineAt,
    problem_code AS problemCode, problem_message AS problemMessage, servers.created_at AS createdAt,
    restart_needed AS restartNeeded, environment, own_address AS ownAddress, mount_type AS mountType, adopted,
    rcon_via AS rconVia, address_open AS addressOpen, compose_project AS composeProject, replaced_container_id AS replacedContainerId,
    game.port AS port, rcon.port AS rconPort, regions.name AS regionName, hosts.name AS hostName,
    hosts.public_address AS publicAddress
  FROM servers
  JOIN hosts ON hosts.id = servers.host_id
  JOIN regions ON regions.id = hosts.region_id
  JOIN ports AS game ON game.server_id = servers.id AND game.purpose = 'game'
  JOIN ports AS rcon ON rcon.server_id = servers.id AND rcon.purpose = 'rcon'`

export function listServers(database: Database): ServerRow[] {
  return database
    .prepare<[], ServerRow>(
      `${selectServers} WHERE deleted_at IS NULL ORDER BY servers.created_at, servers.id`,
    )
    .all()
}

export function findServer(database: Database, id: string): ServerRow | null {
  return (
    database
      .prepare<[string], ServerRow>(`${selectServers} WHERE deleted_at IS NULL AND servers.id = ?`)
      .get(id) ?? null
  )
}

/** Names are unique per owner, regardless of case; one in the bin is free. */
export function nameExists(database: Database, owner: string, nameKey: string): boolean {
  return (
    database
      .prepare('SELECT 1 FROM servers WHERE owner = ? AND name_key = ? AND deleted_at IS NULL')
      .get(owner, nameKey) !== undefined
  )
}

/**
 * Heaps of a host's servers in MB.
 *
 * @param only `before`: those that come before a server: they have a container, or were created earlier
 */
export function listMemory(
  database: Database,
  hostId: string,
  only?: { before: Pick<ServerRow, 'id' | 'createdAt'> },
): number[] {
  const rows = only
    ? database
        .prepare<unknown[], { memoryMb: number }>(
          `SELECT memory_mb AS memoryMb FROM servers
           WHERE host_id = ? AND deleted_at IS NULL AND id <> ? AND (container_id IS NOT NULL OR (created_at, id) < (?, ?))`,
        )
        .all(hostId, only.before.id, only.before.createdAt, only.before.id)
    : database
        .prepare<[string], { memoryMb: number }>(
          'SELECT memory_mb AS memoryMb FROM servers WHERE host_id = ? AND deleted_at IS NULL',
        )
        .all(hostId)
  return rows.map(({ memoryMb }) => memoryMb)
}

export function insertServer(database: Database, server: NewServer): void {
  database
    .prepare(
      `INSERT INTO servers (id, owner, name, name_key, status, desired, type, version, resolved_version, memory_mb,
         disk_gb, host_id, address, container_name, volume_name, rcon_password, panel_username, panel_password,
         eula_accepted_at, created_at)
       VALUES (@id, @owner, @name, @nameKey, @status, @desired, @type, @version, @resolvedVersion, @memoryMb,
         @diskGb, @hostId, @address, @containerName, @volumeName, @rconPassword, @panelUsername, @panelPassword,
         @eulaAcceptedAt, @createdAt)`,
    )
    .run(server)
}

const columns = {
  name: 'name',
  nameKey: 'name_key',
  memoryMb: 'memory_mb',
  restartNeeded: 'restart_needed',
  rconPassword: 'rcon_password',
  nextRconPassword: 'next_rcon_password',
  status: 'status',
  desired: 'desired',
  address: 'address',
  resolvedVersion: 'resolved_version',
  containerId: 'container_id',
  containerName: 'container_name',
  image: 'image',
  eulaAcceptedAt: 'eula_accepted_at',
  firstOnlineAt: 'first_online_at',
  problemCode: 'problem_code',
  problemMessage: 'problem_message',
  type: 'type',
  version: 'version',
  volumeName: 'volume_name',
  environment: 'environment',
  ownAddress: 'own_address',
  mountType: 'mount_type',
  adopted: 'adopted',
  rconVia: 'rcon_via',
  addressOpen: 'address_open',
  composeProject: 'compose_project',
  replacedContainerId: 'replaced_container_id',
} as const satisfies Partial<Record<keyof ServerRow | 'nameKey', string>>

export type ServerChange = Partial<Pick<ServerRow & { nameKey: string }, keyof typeof columns>>

/** Sets the named columns of one server. */
export function updateServer(database: Database, id: string, change: ServerChange): void {
  const names = Object.keys(change) as (keyof ServerChange)[]
  if (names.length === 0) return
  const list = names.map((name) => `${columns[name]} = @${name}`).join(', ')
  database.prepare(`UPDATE servers SET ${list} WHERE id = @id`).run({ ...change, id })
}
