import type { ServerRow } from '../database/servers.ts'
import type { ContainerState, Engine } from '../engine/types.ts'
import { serverOf } from './labels.ts'

/**
 * The server's own container, whatever it is called by now. Its name alone says little: a container can be
 * renamed, and a stranger can take the name. One that was adopted carries no label of ours: it is known by its
 * whole id alone, until a container that LightNode made takes its place.
 *
 * @returns null when there is none of ours
 * @throws EngineError
 */
export async function findOwnContainer(
  engine: Engine,
  server: Pick<ServerRow, 'id' | 'containerId' | 'containerName' | 'adopted'>,
  installationId: string,
): Promise<ContainerState | null> {
  // By name one that was made, but not written down yet.
  for (const key of [server.containerId, server.containerName]) {
    const found = key === null ? null : await engine.inspectContainer(key)
    if (!found) continue
    if (serverOf(found.labels, installationId) === server.id) return found
    if (server.adopted === 1 && found.id === server.containerId) return found
  }
  return null
}

/** Whether a server's container was made by somebody else, and adopted: then nothing about it is changed. */
export function isAsFound(
  container: Pick<ContainerState, 'labels'>,
  serverId: string,
  installationId: string,
): boolean {
  return serverOf(container.labels, installationId) !== serverId
}
