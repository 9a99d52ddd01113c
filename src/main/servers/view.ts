import { errorCatalogue } from '../../shared/errors.ts'
import type { Problem, Progress, Run, Server } from '../../shared/model.ts'
import type { Database } from '../database/open.ts'
import { findLastRun, listSteps } from '../database/runs.ts'
import { findServer, listServers, type ServerRow } from '../database/servers.ts'
import type { EventHub } from '../observe/events.ts'

const MB_PER_GB = 1024

/** Servers as the doors show them, without secrets. */
export interface ServerViews {
  list(): Server[]
  /** @returns null for an unknown id */
  find(id: string): Server | null
  /** Tells everyone who listens how the server is now. */
  publish(id: string): void
  /** How far the pull of a run is; kept in memory alone. */
  setProgress(runId: string, progress: Progress | null): void
}

export function createServerViews(database: Database, events: EventHub): ServerViews {
  const progress = new Map<string, Progress>()

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
    ipAddress: row.publicAddress ?? row.address,
    addressFinal: row.firstOnlineAt !== null,
    containerName: row.containerName,
    volumeName: row.volumeName,
    createdAt: row.createdAt,
    restartNeeded: row.restartNeeded === 1,
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
  }
}

function problemOf(row: Pick<ServerRow, 'problemCode' | 'problemMessage'>): Problem | null {
  if (row.problemCode === null) return null
  const { message, remedy } = errorCatalogue[row.problemCode]
  return { code: row.problemCode, message: row.problemMessage ?? message, remedy }
}
