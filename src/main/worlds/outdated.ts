import { LightNodeError } from '../../shared/errors.ts'
import type { Database } from '../database/open.ts'
import { wasRestoredSince } from '../database/world-tasks.ts'
import type { Task } from '../servers/tasks.ts'

/**
 * A task that an earlier copy of the database had open has ended long ago: nobody waits for it any more.
 *
 * @throws LightNodeError CANCELLED
 */
export function refuseOutdated(database: Database, task: Task<{ happenings: number }>): void {
  if (!task.resumed || !wasRestoredSince(database, task.plan.happenings)) return
  throw new LightNodeError(
    'CANCELLED',
    'It was under way when the copy of the database was made that came back.',
    {
      remedy: 'Nothing was changed. Begin again if it is still wanted.',
    },
  )
}
