import { LightNodeError } from '../../shared/errors.ts'
import type { Database } from '../database/open.ts'
import { type ServerChange, type ServerRow, updateServer } from '../database/servers.ts'
import { insertCopy } from '../database/world-copies.ts'
import type { Engine } from '../engine/types.ts'
import type { Launcher } from '../provisioning/launcher.ts'
import { type Records, withNewContainer } from '../servers/records.ts'
import { isCutOff, type Task } from '../servers/tasks.ts'
import { copyOf } from './copier.ts'

/** The world that takes the place of a server's present one, and what the game was then. */
export interface NextWorld
  extends Pick<ServerRow, 'volumeName' | 'type' | 'version' | 'resolvedVersion' | 'image'> {}

/** An engine's name of a volume; whatever is none is a folder of the engine's machine. */
const volumePattern = /^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/

/** Bytes of the server's present world; null when there is none to set aside. @throws EngineError */
export async function presentWorld(engine: Engine, server: ServerRow): Promise<{ bytes: number } | null> {
  if (server.mountType === 'bind') return { bytes: 0 }
  if (!(await engine.hasVolume(server.volumeName))) return null
  return { bytes: (await engine.volumeUsage(server.volumeName)) ?? 0 }
}

/**
 * Gives a stopped server another world; its present one becomes an earlier one. The next launch makes a new container.
 * To be called in the transaction that says that it is done.
 */
export function exchangeWorld(
  database: Database,
  server: ServerRow,
  next: NextWorld,
  present: { bytes: number } | null,
  { reason, now }: { reason: 'restore' | 'revert'; now: number },
): void {
  if (present) insertCopy(database, { ...copyOf(server, reason, now), bytes: present.bytes })
  const change: ServerChange = {
    ...next,
    mountType: volumePattern.test(next.volumeName) ? 'volume' : 'bind',
    // It has a world: one that is missing from now on is never made anew.
    firstOnlineAt: server.firstOnlineAt ?? now,
    ...{ restartNeeded: 0, problemCode: null, problemMessage: null },
    ...withNewContainer(server),
  }
  updateServer(database, server.id, change)
}

/** Whether the server runs, or is about to: then it runs again afterwards. */
export function runsNow(launcher: Pick<Launcher, 'isBusy'>, server: ServerRow): boolean {
  return launcher.isBusy(server.id) || server.status === 'online' || server.status === 'starting'
}

/** After a failure: on what it was, with its world as it was. */
export function goBack<P extends { ran: boolean }>(
  launcher: Launcher,
  records: Records,
  task: Task<P>,
): void {
  if (isCutOff(task.signal) || !task.plan.ran) return
  try {
    if (records.row(task.serverId).status !== 'online') launcher.launch(task.serverId)
  } catch (error) {
    // It was deleted meanwhile.
    if (!(error instanceof LightNodeError && error.code === 'NOT_FOUND')) throw error
  }
}
