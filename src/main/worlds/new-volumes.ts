import { Readable } from 'node:stream'
import { LightNodeError } from '../../shared/errors.ts'
import type { Database } from '../database/open.ts'
import type { ServerRow } from '../database/servers.ts'
import { isWorld } from '../database/world-copies.ts'
import { happeningsSoFar, wasRestoredSince } from '../database/world-tasks.ts'
import type { Engine } from '../engine/types.ts'
import { DATA_DIR } from '../game/image.ts'
import type { Logger } from '../observe/logger.ts'
import type { Capacity } from '../provisioning/capacity.ts'
import { randomId } from '../provisioning/names.ts'
import { labelsOf } from '../servers/labels.ts'
import { isCutOff, type Task } from '../servers/tasks.ts'
import { whenWritable } from '../servers/when-writable.ts'
import type { Helpers } from './helpers.ts'
import { createManifest, firstDifference, type Manifest, noting, readManifest } from './manifest.ts'
import { beginStep } from './progress.ts'
import { sizeText } from './told.ts'

/** On a volume that a world was copied into: no game has run on it. */
const COPY_LABEL = 'org.lightnode.copy'
/** What an engine needs beside the files themselves. */
const SPARE_BYTES = 64 * 1024 ** 2

/** A volume that a task is filling: it is no world until its content has been read back and a record names it. */
export interface Making {
  volume: string
  /** `happeningsSoFar` then. */
  happenings: number
}

/** What the plan of a task says while it fills a volume. */
export interface MakingPlan {
  making?: Making | null
}

export interface NewVolumeDeps {
  database: Database
  installationId: string
  helpers: Helpers
  capacity(): Promise<Capacity>
  logger: Logger
}

/** Volumes that come into being filled, and verified, or not at all. */
export interface NewVolumes {
  /**
   * Makes a volume for the server and does the work with it, which has to end with a transaction that writes the
   * volume down as a world and `making: null` into the plan. When the work fails the volume goes.
   */
  within<P extends object, T>(
    engine: Engine,
    task: Task<P>,
    server: ServerRow,
    kind: 'copy' | 'world',
    work: (volume: string) => Promise<T>,
  ): Promise<T>
  /**
   * Unpacks an archive of a world into the volume and reads it back.
   *
   * @param total bytes that will come, for the progress
   * @throws LightNodeError BACKUP_FAILED when it does not read back as it was written
   */
  fill<P>(
    engine: Engine,
    task: Task<P>,
    server: ServerRow,
    volume: string,
    archive: AsyncIterable<Buffer>,
    total: number | null,
  ): Promise<Manifest>
  /** @param bytes that will be written; null while unknown. @throws LightNodeError DISK_EXCEEDED */
  refuseFull(bytes: number | null): Promise<void>
  /** Removes what a task could not undo. @throws EngineError */
  discard(engine: Engine, serverId: string, making: Making): Promise<void>
}

export function createNewVolumes(deps: NewVolumeDeps): NewVolumes {
  const { database, installationId, helpers } = deps

  /**
   * The one removal of a volume that nobody asked for: it was made by this very task, for this very purpose, and no
   * game has ever run on it. One that a record names is a world, and stays. After the database went back to an
   * earlier copy nobody can tell, so it stays, too, and is reported.
   */
  async function discard(engine: Engine, serverId: string, { volume, happenings }: Making): Promise<void> {
    if (isWorld(database, volume) || wasRestoredSince(database, happenings)) return
    await helpers.clear(engine, volume)
    await engine.removeVolume(volume, labelsOf(installationId, serverId))
  }

  /** @returns false when it is left for later: the plan goes on naming it */
  async function undo<P extends object>(engine: Engine, task: Task<P>, making: Making): Promise<boolean> {
    try {
      await discard(engine, task.serverId, making)
      task.replan({ ...task.plan, making: null })
      return true
    } catch (error) {
      const { serverId } = task
      deps.logger.warn({ serverId, volume: making.volume, err: error }, 'a half-made volume is removed later')
      return false
    }
  }

  async function within<P extends object, T>(
    engine: Engine,
    task: Task<P>,
    server: ServerRow,
    kind: 'copy' | 'world',
    work: (volume: string) => Promise<T>,
  ): Promise<T> {
    const before = (task.plan as MakingPlan).making
    // What a crash, or an engine that went away, left half-made.
    if (before) await discard(engine, server.id, before)
    const volume = `${server.containerName}-${kind === 'copy' ? 'copy' : 'w'}-${randomId().slice(0, 6)}`
    const making = { volume, happenings: happeningsSoFar(database) }
    // Written down first: a volume that no plan names could never be told from a world.
    await whenWritable(task.signal, () => task.replan({ ...task.plan, making }))
    try {
      const labels = labelsOf(installationId, server.id)
      await engine.createVolume(volume, kind === 'copy' ? { ...labels, [COPY_LABEL]: '1' } : labels)
      return await work(volume)
    } catch (error) {
      if (!isCutOff(task.signal)) await undo(engine, task, making)
      throw error
    }
  }

  function fill<P>(
    engine: Engine,
    task: Task<P>,
    server: ServerRow,
    volume: string,
    archive: AsyncIterable<Buffer>,
    total: number | null,
  ): Promise<Manifest> {
    const { signal } = task
    return helpers.onVolume(engine, server, volume, signal, async (helper) => {
      const written = createManifest()
      const source = noting(archive, written, beginStep(task, 'Copying the world', total))
      await engine.writeArchive(helper, '/', Readable.from(source, { objectMode: false }), signal)
      const wanted = written.result()
      const onBytes = beginStep(task, 'Reading the copy back', total)
      const found = await readManifest(await engine.readArchive(helper, DATA_DIR, signal), onBytes)
      const difference = firstDifference(wanted, found)
      if (difference === null) return found
      throw new LightNodeError(
        'BACKUP_FAILED',
        `The copy does not read back as it was written: ${difference}.`,
      )
    })
  }

  async function refuseFull(bytes: number | null): Promise<void> {
    const { diskFreeBytes } = await deps.capacity()
    if (bytes === null || diskFreeBytes === null || bytes * 1.05 + SPARE_BYTES <= diskFreeBytes) return
    throw new LightNodeError(
      'DISK_EXCEEDED',
      `A copy of this world takes ${sizeText(bytes)}, and the engine has ${sizeText(diskFreeBytes)} left.`,
      { remedy: 'Nothing was changed. Free some space on this host and try again.' },
    )
  }

  return { within, fill, refuseFull, discard }
}
