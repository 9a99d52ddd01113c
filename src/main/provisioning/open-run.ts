import type { Database } from '../database/open.ts'
import { findLastRun, insertRun, updateStep } from '../database/runs.ts'
import { updateServer } from '../database/servers.ts'
import { randomId } from './names.ts'

/**
 * The open run of a server whose ports it has already; a new one when there is none. In one transaction with what
 * else the caller writes: from then on the server is to run, and the next start of LightNode sees to it.
 *
 * @param now milliseconds since 1970
 * @returns the run's id
 */
export function openRun(database: Database, serverId: string, now: number): string {
  const last = findLastRun(database, serverId)
  if (last && last.endedAt === null) return last.id
  const id = randomId()
  database.transaction(() => {
    insertRun(database, { id, serverId, startedAt: now })
    updateStep(database, id, { name: 'reserve', state: 'done', detail: 'Kept from before' }, now)
    updateServer(database, serverId, { desired: 'running', problemCode: null, problemMessage: null })
  })()
  return id
}
