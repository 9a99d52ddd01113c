import type { Drift } from '../../shared/drift.ts'
import type { ServerRow } from '../database/servers.ts'
import type { ContainerState, Engine } from '../engine/types.ts'
import { containerSpec } from '../provisioning/launch-container.ts'
import { type DriftFacts, findDrift } from './drift.ts'
import { findOwnContainer, isAsFound } from './own-container.ts'

/** What the engine shows of a server. */
export interface Sight {
  /** Its own container; null when there is none. */
  container: ContainerState | null
  /** What differs from a record of the server, read after the engine has answered. */
  drift(server: ServerRow): Drift[]
}

/**
 * Asks the engine about a server; nothing is changed by it.
 *
 * @param hasImage asked in place of the engine, where many servers are looked at
 * @throws EngineError
 */
export async function seeServer(
  engine: Engine,
  server: ServerRow,
  installationId: string,
  hasImage = engine.hasImage,
): Promise<Sight> {
  const container = await findOwnContainer(engine, server, installationId)
  const facts = await readFacts(engine, server, container, installationId, hasImage)
  return { container, drift: (now) => findDrift(now, container, facts) }
}

async function readFacts(
  engine: Engine,
  server: ServerRow,
  container: ContainerState | null,
  installationId: string,
  hasImage: Engine['hasImage'],
): Promise<DriftFacts | null> {
  // Somebody else made it, or what is gone may have been.
  if (server.adopted === 1 && (!container || isAsFound(container, server.id, installationId))) return null
  const image = server.image ?? container?.image ?? null
  return {
    imagePresent: image === null || (await hasImage(image)),
    // A folder of the host is not the engine's to tell of.
    volumePresent: server.mountType === 'bind' || (await engine.hasVolume(server.volumeName)),
    expected: containerSpec(server, image ?? '', installationId),
  }
}
