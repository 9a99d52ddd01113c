import { LightNodeError } from '../../shared/errors.ts'
import type { CreatedServer, CreateServerInput } from '../../shared/model.ts'
import type { Database } from '../database/open.ts'
import { reservePort } from '../database/ports.ts'
import { insertRun, updateStep } from '../database/runs.ts'
import { findServer, insertServer, listMemory, type NewServer, nameExists } from '../database/servers.ts'
import { Secret } from '../secrets/secret.ts'
import type { CredentialStore } from '../servers/credentials.ts'
import { assignServerIP } from './address.ts'
import type { AllocatedPorts, PortAllocator } from './allocate.ts'
import { attempt, refuseAll } from './attempts.ts'
import { type Capacity, checkDisk, checkMemory } from './capacity.ts'
import { nameKey, randomId, resourceName } from './names.ts'
import { generatePanelCredentials } from './panel.ts'
import { generateSecurePassword } from './password.ts'

const MB_PER_GB = 1024
/** The one owner until there are users. */
const OWNER = 'local'

export interface ProvisionDeps {
  database: Database
  allocator: PortAllocator
  credentials: CredentialStore
  /** What the engine of a host has left; the promises to our own servers are counted here. */
  capacity(hostId: string): Promise<Capacity>
  now(): number
  /** @throws LightNodeError STORAGE_FAILED when what is written would be lost */
  refuseLost?: (() => void) | undefined
}

/**
 * Reserves everything a new server needs (ports, address, passwords, panel credentials, its first run) in one
 * transaction, and answers with it. Launching is the launcher's job and goes on afterwards.
 *
 * @throws LightNodeError EULA_REQUIRED, INVALID_INPUT, NAME_TAKEN, NO_REGION, MEMORY_EXCEEDED, DISK_EXCEEDED,
 *   POOL_EXHAUSTED, STORAGE_FAILED; nothing is written then
 */
export async function provisionServer(deps: ProvisionDeps, input: CreateServerInput): Promise<CreatedServer> {
  const { database } = deps
  deps.refuseLost?.()
  // Every wrong field is named at once.
  const errors: LightNodeError[] = []
  attempt(errors, () => requireEula(input.acceptEula))
  attempt(errors, () => refuseTakenName(database, input.name))
  const place = attempt(errors, () => assignServerIP(database, input.region))
  const capacity = place && (await deps.capacity(place.hostId))
  const memoryMb = Math.round(input.memory * MB_PER_GB)
  const fits = (hostId: string, memoryBytes: number | null) =>
    checkMemory(memoryMb, memoryBytes, listMemory(database, hostId))
  if (capacity) {
    attempt(errors, () => fits(place.hostId, capacity.memoryBytes))
    attempt(errors, () => checkDisk(input.diskSpace, capacity.diskFreeBytes))
  }
  refuseAll(errors)
  if (!place || !capacity) throw new LightNodeError('NO_REGION')
  const { hostId, address } = place
  const draft = draftServer(deps, input, hostId, address)

  return deps.allocator.allocateServerPort({
    hostId,
    purposes: ['game', 'rcon'],
    commit: (ports) => {
      // Again, and now for good: requests that were checked side by side are committed one by one.
      refuseTakenName(database, input.name)
      fits(hostId, capacity.memoryBytes)
      return writeServer(deps, draft, ports)
    },
  })
}

function requireEula(accepted: boolean): void {
  if (accepted) return
  const fields = [{ field: 'acceptEula', message: 'Accept the Minecraft EULA to go on.' }]
  throw new LightNodeError('EULA_REQUIRED', undefined, { fields })
}

function refuseTakenName(database: Database, name: string): void {
  if (!nameExists(database, OWNER, nameKey(name))) return
  const message = `Another server is called ${name}.`
  throw new LightNodeError('NAME_TAKEN', message, { fields: [{ field: 'name', message }] })
}

function draftServer(
  deps: ProvisionDeps,
  input: CreateServerInput,
  hostId: string,
  address: string,
): NewServer {
  const id = randomId()
  const panel = generatePanelCredentials({ id, name: input.name })
  const resource = resourceName(input.name, id)
  const fixedVersion = input.version !== 'LATEST' && input.version !== 'SNAPSHOT'
  return {
    id,
    owner: OWNER,
    name: input.name,
    nameKey: nameKey(input.name),
    status: 'provisioning',
    desired: 'running',
    type: input.type,
    version: input.version,
    resolvedVersion: fixedVersion ? input.version : null,
    memoryMb: Math.round(input.memory * MB_PER_GB),
    diskGb: input.diskSpace,
    hostId,
    address,
    containerName: resource,
    volumeName: resource,
    rconPassword: deps.credentials.sealRcon(id, new Secret(generateSecurePassword())),
    panelUsername: panel.username,
    panelPassword: deps.credentials.sealPanel(id, panel.password),
    eulaAcceptedAt: deps.now(),
    createdAt: deps.now(),
  }
}

/** Inside the allocator's transaction. */
function writeServer(deps: ProvisionDeps, draft: NewServer, ports: AllocatedPorts): CreatedServer {
  const { database } = deps
  const now = deps.now()
  insertServer(database, draft)
  for (const purpose of ['game', 'rcon'] as const) {
    const port = ports[purpose]
    if (port === undefined) throw new Error(`No ${purpose} port was allocated.`)
    reservePort(database, { hostId: draft.hostId, port, purpose }, draft.id, now)
  }
  const runId = randomId()
  insertRun(database, { id: runId, serverId: draft.id, startedAt: draft.createdAt })
  updateStep(database, runId, { name: 'reserve', state: 'done', detail: `Port ${ports.game}` }, now)
  const server = findServer(database, draft.id)
  if (!server) throw new Error('The server that was just written is not there.')
  return { id: server.id, name: server.name, status: server.status, ...deps.credentials.reveal(server) }
}
