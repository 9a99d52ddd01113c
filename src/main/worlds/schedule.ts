import { LightNodeError } from '../../shared/errors.ts'
import type { WorldSettings } from '../../shared/settings.ts'
import type { Database } from '../database/open.ts'
import { listServers, type ServerRow } from '../database/servers.ts'
import { listWorldBackups, type WorldBackupRow } from '../database/world-backups.ts'
import type { RecordActivity } from '../observe/activity.ts'
import type { Logger } from '../observe/logger.ts'
import type { Launcher } from '../provisioning/launcher.ts'
import type { Records } from '../servers/records.ts'
import type { Tasks } from '../servers/tasks.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
/** The start of LightNode, and of its games, comes first. */
const FIRST_LOOK_MS = 5 * MINUTE
const LOOK_MS = 10 * MINUTE

export interface ScheduleDeps {
  database: Database
  records: Pick<Records, 'row'>
  activity: RecordActivity
  tasks: Pick<Tasks, 'current'>
  launcher: Pick<Launcher, 'isBusy'>
  settings(): WorldSettings
  /** Refuses what changes something, while LightNode only looks. */
  act<Result>(work: () => Promise<Result>): Promise<Result>
  /** Makes a daily backup as the server's task; null when its world is the one of its last backup. */
  backUp(serverId: string): Promise<WorldBackupRow | null>
  logger: Logger
  /** Milliseconds since 1970; may jump. */
  now(): number
  /** Milliseconds of a clock that never jumps. */
  uptime(): number
}

/** Every server that has a world is backed up once a day while LightNode runs, one after another. */
export interface Schedule {
  start(): void
  /** Backs up what is due; what is asked for while that goes on is the same. Never rejects. */
  look(): Promise<void>
  /** Begins nothing new. What is under way ends with its task. */
  stop(): void
}

export function createSchedule(deps: ScheduleDeps): Schedule {
  const { database, records, uptime } = deps
  /** Until when, by the clock that never jumps, a server is not tried again: whatever the other clock does. */
  const notBefore = new Map<string, number>()
  /** What was told of a server that can't be backed up: once, until it can. */
  const toldOf = new Map<string, string>()
  let looking: Promise<void> | null = null
  let timer: NodeJS.Timeout | undefined
  let over = false

  async function lookOnce(): Promise<void> {
    for (const { id } of listServers(database)) {
      if (over || !deps.settings().daily) return
      try {
        const server = records.row(id)
        if (isDue(server) && !isBusy(id)) await deps.act(() => backUp(server))
      } catch (error) {
        // It was deleted meanwhile, or LightNode only looks.
        if (!over && !(error instanceof LightNodeError))
          deps.logger.error({ err: error }, 'a daily backup broke off')
      }
    }
  }

  const isBusy = (id: string) => deps.tasks.current(id) !== null || deps.launcher.isBusy(id)

  function isDue({ id, firstOnlineAt }: ServerRow): boolean {
    if (firstOnlineAt === null || uptime() < (notBefore.get(id) ?? 0)) return false
    const now = deps.now()
    // One from the future was made before the clock was put right, and says nothing about today.
    const last = listWorldBackups(database, id).find(
      ({ reason, createdAt }) => reason === 'daily' && createdAt <= now,
    )
    if (last) return now - last.createdAt >= DAY
    return firstOnlineAt > now || now - firstOnlineAt >= HOUR
  }

  async function backUp(server: ServerRow): Promise<void> {
    // A clock that jumps to and fro makes no second one.
    wait(server.id, HOUR)
    try {
      const made = await deps.backUp(server.id)
      if (made === null) wait(server.id, DAY)
      toldOf.delete(server.id)
    } catch (error) {
      if (over) return
      tell(server, error)
    }
  }

  function wait(serverId: string, milliseconds: number): void {
    notBefore.set(serverId, uptime() + milliseconds)
  }

  function tell(server: ServerRow, error: unknown): void {
    const known = error instanceof LightNodeError ? error : new LightNodeError('INTERNAL')
    // A person gave it up.
    if (known.code === 'CANCELLED') wait(server.id, DAY / 4)
    if (['CANCELLED', 'BUSY'].includes(known.code) || toldOf.get(server.id) === known.message) return
    toldOf.set(server.id, known.message)
    deps.logger.warn({ serverId: server.id, err: error }, 'a daily backup failed')
    deps.activity({
      serverId: server.id,
      serverName: server.name,
      level: 'error',
      action: 'world.backup-failed',
      message: `The daily backup of ${server.name} failed: ${known.message}`,
    })
  }

  function look(): Promise<void> {
    looking ??= lookOnce()
      .catch((error: unknown) => {
        if (!over) deps.logger.error({ err: error }, 'the daily backups were not looked after')
      })
      .finally(() => {
        looking = null
      })
    return looking
  }

  function next(milliseconds: number): void {
    if (over) return
    timer = setTimeout(() => void look().finally(() => next(LOOK_MS)), milliseconds)
    timer.unref()
  }

  return {
    start: () => next(FIRST_LOOK_MS),
    look,
    stop() {
      over = true
      clearTimeout(timer)
    },
  }
}
