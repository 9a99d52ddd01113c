import type { Database } from '../database/open.ts'
import { type ServerRow, updateServer } from '../database/servers.ts'
import type { Engine } from '../engine/types.ts'
import { DATA_DIR, STOP_TIMEOUT_SECONDS } from '../game/image.ts'
import { isOf } from '../servers/labels.ts'
import { resourceName } from './names.ts'
import { hasFiles } from './read-files.ts'
import { launchError } from './run-log.ts'

/**
 * What has to be so before LightNode makes a container for an adopted server: nothing else runs on its world, and the
 * name is free.
 *
 * @returns the server with the name of its new container
 * @throws LightNodeError ENGINE_REFUSED; EngineError
 */
export async function makeWay(database: Database, engine: Engine, server: ServerRow): Promise<ServerRow> {
  await stopReplaced(engine, server)
  await refuseSharedWorld(engine, server)
  const holder = await engine.inspectContainer(server.containerName)
  if (!holder || isOf(holder.labels, server.id)) return server
  const containerName = resourceName(server.name, server.id)
  updateServer(database, server.id, { containerName })
  return { ...server, containerName }
}

async function stopReplaced(engine: Engine, { replacedContainerId }: ServerRow): Promise<void> {
  const old = replacedContainerId === null ? null : await engine.inspectContainer(replacedContainerId)
  if (!old) return
  // By these the engine would start it again at its own next start, beside the new one. The way back stays as it was.
  if (['always', 'on-failure'].includes(old.restartPolicy))
    await engine.setRestartPolicy(old.id, 'unless-stopped')
  if (['running', 'restarting', 'paused'].includes(old.status))
    await engine.stopContainer(old.id, STOP_TIMEOUT_SECONDS)
}

/** Two games on one world destroy it: compose may have made a container of its own meanwhile. */
async function refuseSharedWorld(engine: Engine, server: ServerRow): Promise<void> {
  for (const { id, running, labels } of await engine.listContainers()) {
    if (!running || isOf(labels, server.id)) continue
    const other = await engine.inspectContainer(id)
    const shares = other?.mounts.some(
      ({ type, source }) => type === server.mountType && source === server.volumeName,
    )
    if (other && shares)
      throw launchError(
        'ENGINE_REFUSED',
        `The container ${other.name} runs on the same world. Stop it, or adopt it in place of this one.`,
      )
  }
}

/**
 * A folder of the host that is gone would be made anew, and empty, by the start of a container.
 *
 * @throws LightNodeError VOLUME_MISSING; EngineError
 */
export async function refuseEmptyFolder(
  engine: Engine,
  server: ServerRow,
  containerId: string,
): Promise<void> {
  if (server.mountType !== 'bind' || server.firstOnlineAt === null) return
  if (await hasFiles(engine, containerId, DATA_DIR)) return
  throw launchError(
    'VOLUME_MISSING',
    `The folder ${server.volumeName} with this server's world is gone or empty.`,
  )
}
