import { LightNodeError } from '../../shared/errors.ts'
import type { WorldCopy } from '../../shared/worlds.ts'
import type { Database } from '../database/open.ts'
import type { ServerRow } from '../database/servers.ts'
import { insertCopy, type WorldCopyRow } from '../database/world-copies.ts'
import { DATA_DIR } from '../game/image.ts'
import type { EngineBinding } from '../servers/engine-binding.ts'
import type { Task } from '../servers/tasks.ts'
import { untilEngine } from '../servers/until-engine.ts'
import { whenWritable } from '../servers/when-writable.ts'
import { createHelpers, type HelperDeps, type Helpers } from './helpers.ts'
import { createNewVolumes, type NewVolumeDeps, type NewVolumes } from './new-volumes.ts'
import { told } from './told.ts'

export interface CopierDeps extends HelperDeps, Omit<NewVolumeDeps, 'helpers'> {
  database: Database
  binding: EngineBinding
  now(): number
}

/** Copies of worlds, volume to volume. */
export interface Copier {
  /**
   * Copies a stopped server's world into a volume of its own, reads the copy back, and only then writes it down. A
   * step of a task: begun again after a crash it finds the copy that was made, or removes the half of one first.
   *
   * @throws LightNodeError DISK_EXCEEDED, VOLUME_MISSING, BACKUP_FAILED when it does not read back as it was written;
   *   EngineError; the signal's reason. Nothing is left of the copy then
   */
  makeCopy<P extends object>(server: ServerRow, reason: WorldCopy['reason'], task: Task<P>): Promise<void>
  helpers: Helpers
  volumes: NewVolumes
}

export function createCopier(deps: CopierDeps): Copier {
  const { database, binding } = deps
  const helpers = createHelpers(deps)
  const volumes = createNewVolumes({ ...deps, helpers })

  async function makeCopy<P extends object>(
    server: ServerRow,
    reason: WorldCopy['reason'],
    task: Task<P>,
  ): Promise<void> {
    // Made, and then a crash.
    if ((task.plan as { copy?: string }).copy !== undefined) return
    try {
      await untilEngine(binding, task, async (engine) => {
        const usage = server.mountType === 'volume' ? await engine.volumeUsage(server.volumeName) : null
        await volumes.refuseFull(usage)
        await volumes.within(engine, task, server, 'copy', async (volume) => {
          const manifest = await helpers.onWorld(engine, server, task.signal, async (id) => {
            const world = await engine.readArchive(id, DATA_DIR, task.signal)
            return volumes.fill(engine, task, server, volume, world, usage)
          })
          const { bytes, files, digest } = manifest
          await whenWritable(task.signal, () =>
            database.transaction(() => {
              insertCopy(database, {
                ...copyOf(server, reason, deps.now()),
                volumeName: volume,
                bytes,
                files,
                digest,
              })
              task.replan({ ...task.plan, making: null, copy: volume })
            })(),
          )
        })
      })
    } catch (error) {
      task.signal.throwIfAborted()
      throw asBackupFailure(error)
    }
  }

  return { makeCopy, helpers, volumes }
}

/** The server's present world, as a record of what was set aside. */
export function copyOf(server: ServerRow, reason: WorldCopy['reason'], now: number): WorldCopyRow {
  const { volumeName, id, type, version, resolvedVersion, image } = server
  return {
    ...{ volumeName, serverId: id, reason, type, version, resolvedVersion, image },
    ...{ bytes: 0, files: 0, digest: null, createdAt: now },
  }
}

/** An archive that can't be read has no words of its own in the catalogue. */
export function asBackupFailure(error: unknown): unknown {
  const known = told(error)
  // Whatever has a name of its own (an engine's error, the system's) is told as that.
  if (!(known instanceof Error) || known.name !== 'Error' || 'code' in known) return known
  return new LightNodeError(
    'BACKUP_FAILED',
    `The world could not be copied: ${known.message}.`,
    {},
    { cause: error },
  )
}
