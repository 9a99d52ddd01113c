import { LightNodeError } from '../../shared/errors.ts'
import type { ServerRow } from '../database/servers.ts'
import type { ContainerSpec, Engine, Mount } from '../engine/types.ts'
import { DATA_DIR } from '../game/image.ts'
import type { Logger } from '../observe/logger.ts'
import { imageOf } from '../provisioning/launch-container.ts'
import { randomId } from '../provisioning/names.ts'
import { HELPER_LABEL, helperLabels, isOurs } from '../servers/labels.ts'
import { findOwnContainer } from '../servers/own-container.ts'

export interface HelperDeps {
  installationId: string
  /** The image setting. */
  image(): string
  logger: Logger
}

/** Containers that are never started: an engine gives a volume's files out, and takes them, through one alone. */
export interface Helpers {
  /**
   * Does the work with a helper that has the volume as its data folder. The helper is removed after it, whatever
   * came of it; what a crash leaves is found by its label.
   */
  onVolume<T>(
    engine: Engine,
    server: ServerRow,
    volume: string,
    signal: AbortSignal,
    work: (containerId: string) => Promise<T>,
  ): Promise<T>
  /**
   * Does the work with a container that the server's world can be read through.
   *
   * @throws LightNodeError VOLUME_MISSING
   */
  onWorld<T>(
    engine: Engine,
    server: ServerRow,
    signal: AbortSignal,
    work: (containerId: string) => Promise<T>,
  ): Promise<T>
  /** Removes the helpers of a volume that a crash left behind. @throws EngineError */
  clear(engine: Engine, volume: string): Promise<void>
}

export function createHelpers(deps: HelperDeps): Helpers {
  const { installationId, logger } = deps
  const prefix = (source: string) => `${source}-helper-`

  async function withHelper<T>(
    engine: Engine,
    server: ServerRow,
    mount: Pick<Mount, 'type' | 'source'>,
    signal: AbortSignal,
    work: (containerId: string) => Promise<T>,
  ): Promise<T> {
    const image = imageOf(server, deps.image())
    if (!(await engine.hasImage(image))) await engine.pullImage(image, () => {}, signal)
    signal.throwIfAborted()
    const { id } = await engine.createContainer(specOf(server, mount, image))
    try {
      return await work(id)
    } finally {
      await engine.removeContainer(id).catch((error: unknown) => {
        logger.warn({ serverId: server.id, err: error }, 'a helper was left behind; it is removed later')
      })
    }
  }

  function specOf(server: ServerRow, mount: Pick<Mount, 'type' | 'source'>, image: string): ContainerSpec {
    // A folder's path makes no container's name.
    const named = mount.type === 'volume' ? mount.source : server.containerName
    return {
      name: `${prefix(named)}${randomId().slice(0, 6)}`,
      image,
      labels: helperLabels(installationId, server.id),
      env: {},
      ports: [],
      // Where the image declares a volume: elsewhere the engine would make a nameless one beside it.
      mount: { ...mount, target: DATA_DIR },
      memoryBytes: 64 * 1024 ** 2,
      pidsLimit: 64,
      capabilities: [],
      stopTimeoutSeconds: 1,
    }
  }

  /** Its own container, where that has this world and not one from before. */
  async function ownContainer(engine: Engine, server: ServerRow): Promise<string | null> {
    const container = await findOwnContainer(engine, server, installationId)
    const has = container?.mounts.some(
      ({ type, source, target }) =>
        type === server.mountType && source === server.volumeName && target === DATA_DIR,
    )
    return container && has ? container.id : null
  }

  return {
    onVolume: (engine, server, volume, signal, work) =>
      withHelper(engine, server, { type: 'volume', source: volume }, signal, work),

    async onWorld(engine, server, signal, work) {
      const { mountType, volumeName } = server
      // To be asked first: an engine makes a volume that a container names and nobody has.
      if (mountType === 'volume' && !(await engine.hasVolume(volumeName)))
        throw new LightNodeError(
          'VOLUME_MISSING',
          `The volume ${volumeName} with this server's world is gone.`,
        )
      // An engine lets nobody ask after a container while its files are read: not the game's, if it can be helped.
      const own = (await engine.hasImage(imageOf(server, deps.image())))
        ? null
        : await ownContainer(engine, server)
      if (own) return work(own)
      return withHelper(engine, server, { type: mountType, source: volumeName }, signal, work)
    },

    async clear(engine, volume) {
      for (const { id, name, labels } of await engine.listContainers())
        if (labels[HELPER_LABEL] && isOurs(labels, installationId) && name.startsWith(prefix(volume)))
          await engine.removeContainer(id)
    },
  }
}
