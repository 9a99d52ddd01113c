import type { ServerType } from '../../shared/fields.ts'
import type { Database } from '../database/open.ts'
import { type ServerChange, type ServerRow, updateServer } from '../database/servers.ts'
import type { Launcher } from '../provisioning/launcher.ts'
import { type Records, withNewContainer } from './records.ts'
import type { Stopper } from './stopper.ts'
import { isCutOff, type Task, type Tasks } from './tasks.ts'
import { whenWritable } from './when-writable.ts'

/** Another type or version for a server that has a world. */
export interface ChangePlan {
  type: ServerType
  version: string
  /** It ran, so it runs again afterwards, also when the change fails. */
  ran: boolean
  /** The record says the new type and version; what is left is the start. */
  changed: boolean
}

export interface ChangeGameDeps {
  database: Database
  launcher: Launcher
  tasks: Tasks
  stopper: Stopper
  records: Records
  /**
   * Copies a stopped server's world and verifies the copy; what it needs to find it again after a crash it writes
   * into the plan. @throws LightNodeError DISK_EXCEEDED, VOLUME_MISSING, BACKUP_FAILED
   */
  makeCopy(server: ServerRow, task: Task<ChangePlan>): Promise<void>
}

/** No game can undo a change of type or version: the world is copied, and the copy verified, before it is made. */
export interface GameChanges {
  /** Begins the task. @throws LightNodeError BUSY */
  begin(server: ServerRow, wanted: Pick<ChangePlan, 'type' | 'version'>, actor: string): void
  work(task: Task<ChangePlan>): Promise<void>
}

export function createGameChanges(deps: ChangeGameDeps): GameChanges {
  const { database, launcher, tasks, records } = deps

  async function work(task: Task<ChangePlan>): Promise<void> {
    const { serverId } = task
    if (!task.plan.changed) {
      try {
        await change(task)
      } catch (error) {
        // On what it was, with its world as it was.
        const stopped = records.row(serverId).status !== 'online'
        if (!isCutOff(task.signal) && task.plan.ran && stopped) launcher.launch(serverId)
        throw error
      }
    }
    if (task.plan.ran) launcher.launch(serverId)
  }

  async function change(task: Task<ChangePlan>): Promise<void> {
    const { serverId } = task
    // After a crash, too: it may have been started meanwhile.
    await deps.stopper.stopGame(task, serverId)
    await deps.makeCopy(records.row(serverId), task)
    const before = records.row(serverId)
    task.step('Writing the change down')
    await whenWritable(task.signal, () =>
      database.transaction(() => {
        updateServer(database, serverId, gameChange(before, task.plan))
        task.replan({ ...task.plan, changed: true })
        for (const message of describeGame(before, task.plan))
          records.note(before, task.actor, 'server.changed', message)
      })(),
    )
  }

  return {
    begin(server, { type, version }, actor) {
      tasks.refuseBusy(server.id)
      const ran = launcher.isBusy(server.id) || server.status === 'online' || server.status === 'starting'
      const plan: ChangePlan = { type, version, ran, changed: false }
      // Nobody waits for it: how it goes is in the task.
      tasks.run(server.id, 'change', plan, actor, work).catch(() => {})
    },
    work,
  }
}

/** What is written for another type or version; the next launch looks the version up and makes a new container. */
export function gameChange(
  server: ServerRow,
  { type, version }: Pick<ChangePlan, 'type' | 'version'>,
): ServerChange {
  const same = version === server.version
  const fixed = version !== 'LATEST' && version !== 'SNAPSHOT'
  return {
    ...{ type, version, image: null, restartNeeded: 0 },
    ...(server.adopted === 1 && withNewContainer(server)),
    // The same word means what it came to: another type must not move the world to another version.
    resolvedVersion: same ? server.resolvedVersion : fixed ? version : null,
  }
}

export function describeGame(
  server: ServerRow,
  { type, version }: Pick<ChangePlan, 'type' | 'version'>,
): string[] {
  const lines: string[] = []
  if (type !== server.type) lines.push(`The type of ${server.name} changed from ${server.type} to ${type}.`)
  if (version !== server.version)
    lines.push(`The version of ${server.name} changed from ${server.version} to ${version}.`)
  return lines
}
