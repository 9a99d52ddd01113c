import { recordPort } from '../database/adoption.ts'
import { insertServer, updateServer } from '../database/servers.ts'
import { assignServerIP } from '../provisioning/address.ts'
import { nameKey, randomId, resourceName } from '../provisioning/names.ts'
import { generatePanelCredentials } from '../provisioning/panel.ts'
import { generateSecurePassword } from '../provisioning/password.ts'
import { Secret } from '../secrets/secret.ts'
import { LOCAL } from '../servers/hosts.ts'
import type { PlannedRow } from './plan.ts'
import { DISK_GB, OWNER, type WriteDeps } from './write.ts'

/**
 * Inside a transaction: a server that is stopped, without container and world. Importing accepts no EULA: the first
 * start asks for it.
 *
 * @returns its id
 * @throws Error for a row with a conflict
 */
export function writeImport(deps: WriteDeps, { values, ownAddress }: PlannedRow, rconPort: number): string {
  const { database, credentials } = deps
  const { name, port, memoryMb, type, version } = values
  if (name === null || port === null || memoryMb === null)
    throw new Error('A row with a conflict is not written.')
  const id = randomId()
  const now = deps.now()
  const panel = generatePanelCredentials({ id, name })
  const resource = resourceName(name, id)
  const fixed = version !== 'LATEST' && version !== 'SNAPSHOT'
  insertServer(database, {
    ...{ id, name, owner: OWNER, nameKey: nameKey(name), status: 'stopped', desired: 'stopped' },
    ...{ type, version, resolvedVersion: fixed ? version : null, memoryMb, diskGb: DISK_GB, hostId: LOCAL },
    address: assignServerIP(database).address,
    ...{ containerName: resource, volumeName: resource, createdAt: now, eulaAcceptedAt: 0 },
    rconPassword: credentials.sealRcon(id, values.password ?? new Secret(generateSecurePassword())),
    panelUsername: panel.username,
    panelPassword: credentials.sealPanel(id, panel.password),
  })
  updateServer(database, id, { ownAddress })
  recordPort(database, { hostId: LOCAL, port, purpose: 'game' }, id, now)
  recordPort(database, { hostId: LOCAL, port: rconPort, purpose: 'rcon' }, id, now)
  return id
}
