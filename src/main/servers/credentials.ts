import { timingSafeEqual } from 'node:crypto'
import type { Credentials } from '../../shared/model.ts'
import type { ServerRow } from '../database/servers.ts'
import type { Sealer } from '../secrets/seal.ts'
import type { Secret } from '../secrets/secret.ts'

/** Bound into each sealed text: a row's secret can't be opened as another's. */
const purpose = {
  rcon: (serverId: string) => `server/${serverId}/rcon`,
  panel: (serverId: string) => `server/${serverId}/panel`,
}

/** The secrets of servers, sealed and opened. */
export interface CredentialStore {
  sealRcon(serverId: string, password: Secret): string
  sealPanel(serverId: string, password: Secret): string
  /** The one that the container is made with: while a rotation is under way the new one. */
  rconPassword(server: Pick<ServerRow, 'id' | 'rconPassword' | 'nextRconPassword'>): Secret
  /** Everything the user may see of a server's secrets: the one place where they are revealed. */
  reveal(server: ServerRow): Credentials
  verifyPanel(server: ServerRow, username: string, password: string): boolean
}

/** @param panelUrl the login page of a server; null while no HTTP door is open */
export function createCredentialStore(
  sealer: Sealer,
  panelUrl: (serverId: string) => string | null,
): CredentialStore {
  const rconPassword: CredentialStore['rconPassword'] = (server) =>
    sealer.open(server.nextRconPassword ?? server.rconPassword, purpose.rcon(server.id))
  const panelPassword = (server: ServerRow) => sealer.open(server.panelPassword, purpose.panel(server.id))

  return {
    sealRcon: (serverId, password) => sealer.seal(password, purpose.rcon(serverId)),
    sealPanel: (serverId, password) => sealer.seal(password, purpose.panel(serverId)),
    rconPassword,

    reveal: (server) => ({
      ipAddress: server.ownAddress ?? server.publicAddress ?? server.address,
      port: server.port,
      addressFinal: server.firstOnlineAt !== null && server.addressOpen === 0,
      rconPort: server.rconPort,
      rconPassword: rconPassword(server).reveal(),
      panel: {
        username: server.panelUsername,
        password: panelPassword(server).reveal(),
        url: panelUrl(server.id),
      },
    }),

    verifyPanel(server, username, password) {
      const rightPassword = sameText(password, panelPassword(server).reveal())
      return sameText(username, server.panelUsername) && rightPassword
    },
  }
}

/** Compares in constant time for texts of the same length. */
function sameText(given: string, right: string): boolean {
  const a = Buffer.from(given)
  const b = Buffer.from(right)
  return a.length === b.length && timingSafeEqual(a, b)
}
