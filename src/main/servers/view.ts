import type { Drift } from '../../shared/drift.ts'
import { errorCatalogue } from '../../shared/errors.ts'
import { variablesSchema } from '../../shared/fields.ts'
import type { Problem, Progress, Run, Server } from '../../shared/model.ts'
import type { Task } from '../../shared/tasks.ts'
import type { Database } from '../database/open.ts'
import { findLastRun, listSteps } from '../database/runs.ts'
import { findServer, listServers, type ServerRow } from '../database/servers.ts'
import { findLastTask } from '../database/tasks.ts'
import type { EventHub } from '../observe/events.ts'

const MB_PER_GB = 1024

/** How far a task is; kept in memory alone. */
export type TaskShow = Pick<Task, 'step' | 'cancellable' | 'killable' | 'progress'>

/** Servers as the doors show them, without secrets. */
export interface ServerViews {
  list(): Server[]
  /** @returns null for an unknown id */
  find(id: string): Server | null
  /** Tells everyone who listens how the server is now. */
  publish(id: string): void
  /** How far the pull of a run is; kept in memory alone. */
  setProgress(runId: string, progress: Progress | null): void
  /** What an open task shows; null when it has ended. */
  setTask(serverId: string, show: TaskShow | null): void
  /** What was changed outside LightNode, as last seen; kept in memory alone. @returns true when it is news */
  setDrift(serverId: string, drift: Drift[]): boolean
}

export function createServerViews(database: Database, events: EventHub): ServerViews {
  const progress = new Map<string, Progress>()
  const tasks = new Map<string, TaskShow>()
  const drifts = new Map<string, Drift[]>()

  /** The open task, or the newest when it went wrong. */
  function taskOf(serverId: string): Task | null {
    const row = findLastTask(database, serverId)
    if (!row || (row.endedAt !== null && row.problemCode === null)) return null
    const { id, kind, step, startedAt } = row
    const show = tasks.get(serverId)
    const {
      cancellable,
      killable,
      progress: done,
    } = show ?? { cancellable: false, killable: false, progress: null }
    return {
      ...{ id, kind, step, startedAt, cancellable, killable, progress: done },
      problem: problemOf(row),
    }
  }

  function runOf(serverId: string): Run | null {
    const run = findLastRun(database, serverId)
    if (!run) return null
    const { problemCode, problemMessage, ...rest } = run
    const steps = listSteps(database, run.id).map((step) => ({
      ...step,
      progress: step.name === 'image' ? (progress.get(run.id) ?? null) : null,
    }))
    return { ...rest, steps, problem: problemOf({ problemCode, problemMessage }) }
  }

  const view = (row: ServerRow): Server => ({
    id: row.id,
    name: row.name,
    status: row.status,
    type: row.type,
    version: row.version,
    resolvedVersion: row.resolvedVersion,
    memory: row.memoryMb / MB_PER_GB,
    diskSpace: row.diskGb,
    region: row.regionName,
    host: row.hostName,
    port: row.port,
    rconPort: row.rconPort,
    ipAddress: row.ownAddress ?? row.publicAddress ?? row.address,
    addressFinal: row.firstOnlineAt !== null && row.addressOpen === 0,
    containerName: row.containerName,
    volumeName: row.volumeName,
    createdAt: row.createdAt,
    // What stands still gets it with its start.
    restartNeeded: row.restartNeeded === 1 && row.status !== 'stopped' && row.status !== 'failed',
    environment: variablesSchema.parse(JSON.parse(row.environment)),
    ownAddress: row.ownAddress,
    adopted: row.adopted === 1,
    rconPublished: row.rconVia === 'port',
    composeProject: row.composeProject,
    newWorld: row.firstOnlineAt === null,
    drift: drifts.get(row.id) ?? [],
    task: taskOf(row.id),
    problem: problemOf(row),
    run: runOf(row.id),
  })

  const find = (id: string) => {
    const row = findServer(database, id)
    return row && view(row)
  }

  return {
    list: () => listServers(database).map(view),
    find,
    publish(id) {
      const server = find(id)
      if (server) events.publish({ type: 'server', server })
    },
    setProgress(runId, value) {
      if (value) progress.set(runId, value)
      else progress.delete(runId)
    },
    setTask(serverId, show) {
      if (show) tasks.set(serverId, show)
      else tasks.delete(serverId)
    },
    setDrift(serverId, drift) {
      const news = JSON.stringify(drifts.get(serverId) ?? []) !== JSON.stringify(drift)
      drifts.set(serverId, drift)
      return news
    },
  }
}

function problemOf(row: Pick<ServerRow, 'problemCode' | 'problemMessage'>): Problem | null {
  if (row.problemCode === null) return null
  const { message, remedy } = errorCatalogue[row.problemCode]
  return { code: row.problemCode, message: row.problemMessage ?? message, remedy }
}
