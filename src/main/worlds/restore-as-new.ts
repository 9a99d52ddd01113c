import { LightNodeError } from '../../shared/errors.ts'
import type { CreatedServer } from '../../shared/model.ts'
import { createServerInputSchema } from '../../shared/model.ts'
import { cancelRun } from '../database/runs.ts'
import { findServer, updateServer } from '../database/servers.ts'
import { insertTask } from '../database/tasks.ts'
import { findWorldBackup, type WorldBackupRow } from '../database/world-backups.ts'
import { happeningsSoFar } from '../database/world-tasks.ts'
import type { EventHub } from '../observe/events.ts'
import type { PortAllocator } from '../provisioning/allocate.ts'
import { randomId } from '../provisioning/names.ts'
import { type ProvisionDeps, provisionServer } from '../provisioning/provision.ts'
import type { EngineBinding } from '../servers/engine-binding.ts'
import type { Records } from '../servers/records.ts'
import type { ServerViews } from '../servers/view.ts'
import { gameOf, type RestorePlan } from './restore.ts'

const MB_PER_GB = 1024

export interface RestoreAsNewDeps extends ProvisionDeps {
  binding: EngineBinding
  records: Records
  views: ServerViews
  events: EventHub
  /** Begins the open tasks whose work nobody does yet. */
  goOn(): void
}

export interface NewServerOfBackup {
  name: string
  /** GB; the backup's when left out. */
  memory?: number | undefined
  acceptEula: boolean
}

/**
 * Reserves a server for a backup that was checked, and opens the task that fills its volume and starts it. Both in one
 * transaction: it can't be launched without its world, whatever happens in between.
 *
 * @throws what `provisionServer` throws; LightNodeError ENGINE_*; nothing is written then
 */
export async function restoreAsNew(
  deps: RestoreAsNewDeps,
  backup: WorldBackupRow,
  { name, memory, acceptEula }: NewServerOfBackup,
  actor: string,
): Promise<CreatedServer> {
  const { database } = deps
  deps.binding.engine()
  const { type, version, resolvedVersion } = gameOf(backup)
  const input = createServerInputSchema.parse({
    ...{ name, type, version, acceptEula, diskSpace: backup.diskGb },
    memory: memory ?? backup.memoryMb / MB_PER_GB,
  })
  const prepare = (id: string) => {
    // Reading it took its time, and so did looking for ports: from here on the task keeps it.
    if (!findWorldBackup(database, backup.id))
      throw new LightNodeError('NOT_FOUND', 'The backup was deleted meanwhile.')
    const at = deps.now()
    // The world comes first; then it is launched.
    cancelRun(database, id, at)
    // It has a world from now on, wherever that is: an empty one is never made in its place.
    updateServer(database, id, {
      resolvedVersion: resolvedVersion ?? findServer(database, id)?.resolvedVersion ?? null,
      firstOnlineAt: at,
      addressOpen: 1,
    })
    const plan: RestorePlan = {
      ...{ backupId: backup.id, happenings: happeningsSoFar(database), ran: true, fresh: true },
      ...{ checked: true, done: false },
    }
    const task = { id: randomId(), serverId: id, kind: 'restore', actor, step: '', startedAt: at } as const
    insertTask(database, { ...task, plan: JSON.stringify(plan) })
  }
  const allocator = alsoInTransaction(deps.allocator, prepare)
  const created = await provisionServer({ ...deps, allocator }, input)
  deps.records.note(
    created,
    actor,
    'server.created',
    `${created.name} was created on port ${created.port}, for the backup of ${backup.serverName}.`,
  )
  deps.events.publish({ type: 'ports', hostId: deps.records.row(created.id).hostId })
  deps.goOn()
  deps.views.publish(created.id)
  return created
}

/** Writes what belongs to a new server together with its record. */
function alsoInTransaction(allocator: PortAllocator, prepare: (serverId: string) => void): PortAllocator {
  return {
    allocateServerPort: (request) =>
      allocator.allocateServerPort({
        ...request,
        commit(ports) {
          const created = request.commit(ports)
          if (!hasId(created)) throw new LightNodeError('INTERNAL')
          prepare(created.id)
          return created
        },
      }),
  }
}

function hasId(value: unknown): value is { id: string } {
  return typeof value === 'object' && value !== null && 'id' in value && typeof value.id === 'string'
}
