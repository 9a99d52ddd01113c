import {
  endLostRuns,
  findContainerRecord,
  freeLostPorts,
  knownVolumes,
  removeLostRows,
  wasNoted,
} from '../database/leftovers.ts'
import type { Database } from '../database/open.ts'
import type { ContainerSummary, Engine, VolumeSummary } from '../engine/types.ts'
import type { RecordActivity } from '../observe/activity.ts'
import type { Logger } from '../observe/logger.ts'
import { HELPER_LABEL, isLeftBehind, isOurs, serverOf } from './labels.ts'
import type { Tasks } from './tasks.ts'

export interface LeftoversDeps {
  database: Database
  installationId: string
  tasks: Pick<Tasks, 'current'>
  /** Whether a launch, a task or another piece of work has the word about the server. */
  isHeld(serverId: string): boolean
  activity: RecordActivity
  logger: Logger
  now(): number
}

/** What a crash left behind: finished or undone. Safe at any time, and any number of times. */
export interface Leftovers {
  /** What the database alone can tell. */
  tidyRecords(): void
  /** What the engine has of ours that nobody needs. @throws EngineError */
  tidyEngine(engine: Engine): Promise<void>
  /** A task of the server has ended: what an earlier process left of it goes. Never rejects. */
  afterTask(engine: Engine, serverId: string): Promise<void>
  /** No further engine call is made. */
  stop(): void
}

export function createLeftovers(deps: LeftoversDeps): Leftovers {
  const { database, installationId, isHeld } = deps
  /** Helpers that the last look found idle; null before the first. */
  let idleHelpers: Set<string> | null = null
  /** Servers with helpers of an earlier process, and a task. */
  const waiting = new Set<string>()
  let over = false

  function tidyRecords(): void {
    endLostRuns(database, deps.now())
    const ports = freeLostPorts(database, deps.now())
    const rows = removeLostRows(database)
    if (ports + rows > 0) deps.logger.warn({ ports, rows }, 'records of servers that are gone were removed')
  }

  async function tidyEngine(engine: Engine): Promise<void> {
    const ours = (await engine.listContainers()).filter(({ labels }) => isOurs(labels, installationId))
    await removeHelpers(engine, ours.filter(isHelper))
    for (const container of ours)
      if (!isHelper(container) && !container.running) await removeHalfMade(engine, container)
    reportVolumes(await engine.listVolumes())
  }

  const isHelper = ({ labels }: ContainerSummary) => labels[HELPER_LABEL] !== undefined

  /**
   * Of a helper nobody needs any more: right at the start, before which nothing of this process can have made it;
   * later when two looks in a row find it without a task. What an earlier process left is a task's own to remove while
   * that is under way, and goes right after it.
   */
  async function removeHelpers(engine: Engine, helpers: readonly ContainerSummary[]): Promise<void> {
    for (const helper of helpers)
      if (isLeftBehind(helper.labels) && isNeeded(helper)) waiting.add(helper.labels[HELPER_LABEL] ?? '')
    const idle = helpers.filter((helper) => !isNeeded(helper))
    const before = idleHelpers
    idleHelpers = new Set(idle.map(({ id }) => id))
    for (const helper of idle) {
      const known = !before || before.has(helper.id) || isLeftBehind(helper.labels)
      if (over || isNeeded(helper) || !known) continue
      if (helper.running) await engine.killContainer(helper.id)
      await engine.removeContainer(helper.id)
      deps.logger.info({ container: helper.name }, 'a helper that was left behind was removed')
    }
  }

  async function afterTask(engine: Engine, serverId: string): Promise<void> {
    if (!waiting.delete(serverId)) return
    try {
      for (const { id, labels } of await engine.listContainers())
        if (
          isOurs(labels, installationId) &&
          labels[HELPER_LABEL] === serverId &&
          isLeftBehind(labels) &&
          !over
        )
          await engine.removeContainer(id)
    } catch (error) {
      deps.logger.info({ serverId, err: error }, 'a helper that was left behind is removed later')
    }
  }

  function isNeeded({ labels }: ContainerSummary): boolean {
    const serverId = serverOf(labels, installationId) ?? labels[HELPER_LABEL] ?? ''
    return isHeld(serverId) || deps.tasks.current(serverId) !== null
  }

  /**
   * One of a server of ours that was never started, and that no record stands for: a crash came between the engine's
   * answer and ours. One whose server is gone is offered for adoption instead.
   */
  async function removeHalfMade(engine: Engine, { id, name, labels }: ContainerSummary): Promise<void> {
    const serverId = serverOf(labels, installationId)
    if (over || serverId === null || !isUnwanted(serverId, id)) return
    const state = await engine.inspectContainer(id)
    if (over || state?.status !== 'created' || !isUnwanted(serverId, id)) return
    await engine.removeContainer(id)
    deps.logger.info({ serverId, container: name }, 'a container that was never started was removed')
  }

  function isUnwanted(serverId: string, containerId: string): boolean {
    const record = findContainerRecord(database, serverId)
    if (!record || isHeld(serverId)) return false
    return ![record.containerId, record.replacedContainerId].includes(containerId)
  }

  /** Told once; never removed. */
  function reportVolumes(volumes: readonly VolumeSummary[]): void {
    if (over) return
    for (const { name } of findLostVolumes(database, volumes, installationId, isHeld)) {
      const message = `The volume ${name} holds a world that no server stands for. It is kept.`
      if (!wasNoted(database, 'volume.found', message))
        deps.activity({ level: 'warning', action: 'volume.found', message })
    }
  }

  return {
    tidyRecords,
    tidyEngine,
    afterTask,
    stop() {
      over = true
    },
  }
}

/**
 * Volumes of ours that no server, in use or in the bin, and no earlier world stands for.
 *
 * @param isHeld whether something is being done to a server: its new volume may not be written down yet
 */
export function findLostVolumes(
  database: Database,
  volumes: readonly VolumeSummary[],
  installationId: string,
  isHeld: (serverId: string) => boolean,
): VolumeSummary[] {
  const known = knownVolumes(database)
  return volumes.filter(({ name, labels }) => {
    const serverId = serverOf(labels, installationId)
    return serverId !== null && !known.has(name) && !isHeld(serverId)
  })
}
