import { findServerByContainerName, recordPort } from '../database/adoption.ts'
import type { Database } from '../database/open.ts'
import { releasePort } from '../database/ports.ts'
import { insertServer, type ServerChange, type ServerRow, updateServer } from '../database/servers.ts'
import { assignServerIP } from '../provisioning/address.ts'
import { nameKey, resourceName } from '../provisioning/names.ts'
import { generatePanelCredentials } from '../provisioning/panel.ts'
import { generateSecurePassword } from '../provisioning/password.ts'
import { Secret } from '../secrets/secret.ts'
import type { CredentialStore } from '../servers/credentials.ts'
import { LOCAL } from '../servers/hosts.ts'
import type { Examined } from './examine.ts'

/** The one owner until there are users. */
export const OWNER = 'local'
/** Not asked of a container: no engine limits it. */
export const DISK_GB = 10

export interface WriteDeps {
  database: Database
  credentials: CredentialStore
  now(): number
}

export interface NewAdoption {
  id: string
  name: string
  examined: Examined
  /** 1 for a container that LightNode did not make. */
  adopted: number
  /** From the pool, for one that publishes no RCON. */
  spareRconPort: number | null
}

/** Inside a transaction: a new server that stands for a container as it is. */
export function writeAdoption(
  deps: WriteDeps,
  { id, name, examined, adopted, spareRconPort }: NewAdoption,
): void {
  const { database, credentials } = deps
  const now = deps.now()
  const { state, mount, port } = examined
  const panel = generatePanelCredentials({ id, name })
  const password = examined.password ?? new Secret(generateSecurePassword())
  freeContainerName(database, state.name, id)
  insertServer(database, {
    ...{ id, name, owner: OWNER, nameKey: nameKey(name), status: 'stopped', desired: desiredOf(examined) },
    ...{ type: examined.type, version: examined.version, resolvedVersion: examined.resolvedVersion },
    ...{ memoryMb: examined.memoryMb, diskGb: DISK_GB, hostId: LOCAL },
    address: assignServerIP(database).address,
    ...{ containerName: state.name, volumeName: mount.source, createdAt: now },
    rconPassword: credentials.sealRcon(id, password),
    panelUsername: panel.username,
    panelPassword: credentials.sealPanel(id, panel.password),
    // Accepted by whoever made the container; else it is asked before the next start.
    eulaAcceptedAt: examined.eula ? now : 0,
  })
  updateServer(database, id, {
    ...{ containerId: state.id, image: state.image, adopted, mountType: mount.type },
    ...{ environment: JSON.stringify(examined.environment), composeProject: examined.composeProject },
    ...{ rconVia: rconViaOf(examined), firstOnlineAt: examined.hasWorld ? now : null },
  })
  recordPort(database, { hostId: LOCAL, port, purpose: 'game' }, id, now)
  const rconPort = examined.rconPort ?? spareRconPort
  if (rconPort === null) throw new Error('No RCON port was allocated.')
  recordPort(database, { hostId: LOCAL, port: rconPort, purpose: 'rcon' }, id, now)
}

/** Inside a transaction: a server's record says what one more container of its own is made of. */
export function writeAgain(deps: WriteDeps, server: ServerRow, examined: Examined): void {
  const { database, credentials } = deps
  const { id } = server
  const { state, mount, password } = examined
  freeContainerName(database, state.name, id)
  const change: ServerChange = {
    ...{ containerId: state.id, containerName: state.name, image: state.image, replacedContainerId: null },
    ...{ status: 'stopped', problemCode: null, problemMessage: null, restartNeeded: 0 },
    ...{ desired: desiredOf(examined), volumeName: mount.source, mountType: mount.type },
    ...{ type: examined.type, version: examined.version, memoryMb: examined.memoryMb },
    ...{ environment: JSON.stringify(examined.environment), composeProject: examined.composeProject },
    ...{ rconVia: rconViaOf(examined), nextRconPassword: null },
    resolvedVersion: examined.version === server.version ? server.resolvedVersion : examined.resolvedVersion,
  }
  if (examined.hasWorld && server.firstOnlineAt === null) change.firstOnlineAt = deps.now()
  if (password) change.rconPassword = credentials.sealRcon(id, password)
  updateServer(database, id, change)
  const found = { game: examined.port, rcon: examined.rconPort ?? server.rconPort }
  const had = { game: server.port, rcon: server.rconPort }
  const moved = (['game', 'rcon'] as const).filter((purpose) => found[purpose] !== had[purpose])
  // All are let go first: one may be the other's.
  for (const purpose of moved) releasePort(database, id, purpose, deps.now())
  for (const purpose of moved)
    recordPort(database, { hostId: server.hostId, port: found[purpose], purpose }, id, deps.now())
}

/** A server whose own container is gone may still be recorded with this name: its next one gets another. */
function freeContainerName(database: Database, containerName: string, exceptId: string): void {
  const other = findServerByContainerName(database, containerName)
  if (other && other.id !== exceptId)
    updateServer(database, other.id, { containerName: resourceName(other.name, other.id) })
}

/** Over the published port where password and port are known, else through the container. */
function rconViaOf({ rconPort, password }: Examined): ServerRow['rconVia'] {
  return rconPort !== null && password ? 'port' : 'exec'
}

function desiredOf({ state }: Examined): ServerRow['desired'] {
  return ['running', 'restarting', 'paused'].includes(state.status) ? 'running' : 'stopped'
}
