import type { Activity } from '../../shared/model.ts'
import { insertActivity } from '../database/activity.ts'
import type { Database } from '../database/open.ts'
import type { EventHub } from './events.ts'

export type ActivityEntry = Pick<Activity, 'action' | 'message'> &
  Partial<Pick<Activity, 'actor' | 'level' | 'serverId' | 'serverName'>>

/** Keeps what happened, for the Activity page, and tells whoever listens. */
export type RecordActivity = (entry: ActivityEntry) => void

export function createActivityRecorder(
  database: Database,
  events: EventHub,
  now: () => number,
): RecordActivity {
  return (entry) => {
    const activity = insertActivity(database, {
      at: now(),
      actor: 'lightnode',
      level: 'info',
      serverId: null,
      serverName: null,
      ...entry,
    })
    events.publish({ type: 'activity', activity })
  }
}
