import { type ErrorCode, LightNodeError } from '../../shared/errors.ts'
import {
  type Progress,
  type ServerStatus,
  type StepName,
  type StepState,
  stepNames,
} from '../../shared/model.ts'
import type { Database } from '../database/open.ts'
import { endRun, setRunState, updateStep } from '../database/runs.ts'
import { type ServerRow, updateServer } from '../database/servers.ts'
import type { RecordActivity } from '../observe/activity.ts'
import type { Logger } from '../observe/logger.ts'
import type { ServerViews } from '../servers/view.ts'

export interface RunLogDeps {
  database: Database
  views: ServerViews
  activity: RecordActivity
  logger: Logger
  now(): number
}

/** Writes a run down as it goes: each step before and after it is done, and the server's status with it. */
export interface RunLog {
  step(name: StepName, state: StepState, detail?: string | null): void
  /** All but the reservation is to be done once more. */
  again(): void
  progress(progress: Progress | null): void
  status(status: ServerStatus): void
  /** No engine answers: the run waits. */
  waiting(reason: string): void
  online(server: ServerRow): void
  failed(server: ServerRow, error: LightNodeError): void
}

export function createRunLog(deps: RunLogDeps, runId: string, serverId: string): RunLog {
  const { database, views, now } = deps
  /** What a waiting or a failure interrupts. */
  let current: StepName = 'image'

  return {
    step(name, state, detail = null) {
      current = name
      updateStep(database, runId, { name, state, detail }, now())
      views.publish(serverId)
    },

    again() {
      database.transaction(() => {
        for (const name of stepNames)
          if (name !== 'reserve') updateStep(database, runId, { name, state: 'pending', detail: null }, now())
      })()
      views.publish(serverId)
    },

    progress(progress) {
      views.setProgress(runId, progress)
      views.publish(serverId)
    },

    status(status) {
      database.transaction(() => {
        setRunState(database, runId, 'running')
        updateServer(database, serverId, { status, problemCode: null, problemMessage: null })
      })()
      views.publish(serverId)
    },

    waiting(reason) {
      database.transaction(() => {
        setRunState(database, runId, 'waiting')
        updateStep(database, runId, { name: current, state: 'waiting', detail: reason }, now())
        updateServer(database, serverId, { status: 'waiting' })
      })()
      views.publish(serverId)
    },

    online(server) {
      database.transaction(() => {
        updateStep(
          database,
          runId,
          { name: 'verify', state: 'done', detail: 'Answers, and takes the password' },
          now(),
        )
        endRun(database, runId, { state: 'succeeded' }, now())
        updateServer(database, serverId, {
          status: 'online',
          firstOnlineAt: server.firstOnlineAt ?? now(),
          addressOpen: 0,
          // The game has taken it: only now is the old one forgotten.
          rconPassword: server.nextRconPassword ?? server.rconPassword,
          nextRconPassword: null,
          problemCode: null,
          problemMessage: null,
        })
      })()
      views.setProgress(runId, null)
      deps.activity({ ...about(server), action: 'server.online', message: `${server.name} is online.` })
      if (server.nextRconPassword !== null)
        deps.activity({
          ...about(server),
          action: 'credentials.rotated',
          message: `${server.name} takes its new RCON password; the old one is forgotten.`,
        })
      views.publish(serverId)
    },

    failed(server, error) {
      const { code, message } = error
      database.transaction(() => {
        updateStep(database, runId, { name: current, state: 'failed', detail: message }, now())
        endRun(database, runId, { state: 'failed', code, message }, now())
        updateServer(database, serverId, { status: 'failed', problemCode: code, problemMessage: message })
      })()
      views.setProgress(runId, null)
      deps.logger.warn({ serverId, runId, code, err: error }, 'launch failed')
      deps.activity({
        ...about(server),
        level: 'error',
        action: 'server.failed',
        message: `${server.name} failed: ${message}`,
      })
      views.publish(serverId)
    },
  }
}

function about(server: ServerRow): { serverId: string; serverName: string } {
  return { serverId: server.id, serverName: server.name }
}

/** A failure of the launch, in the catalogue's words unless the case has its own. */
export function launchError(code: ErrorCode, message?: string, cause?: unknown): LightNodeError {
  return new LightNodeError(code, message, {}, cause === undefined ? undefined : { cause })
}
