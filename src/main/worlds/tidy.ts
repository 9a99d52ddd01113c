import { z } from 'zod'
import type { Database } from '../database/open.ts'
import { updateTask } from '../database/tasks.ts'
import { type EndedPlan, plansWithLeftovers } from '../database/world-tasks.ts'
import type { Logger } from '../observe/logger.ts'
import type { EngineBinding } from '../servers/engine-binding.ts'
import type { Tasks } from '../servers/tasks.ts'
import { removeDraft } from './backup-file.ts'
import type { NewVolumes } from './new-volumes.ts'
import type { Saving } from './saving.ts'

/** What a plan says of what its task could not undo. */
const leftoverSchema = z.looseObject({
  making: z.object({ volume: z.string(), happenings: z.number() }).nullish(),
  draft: z.string().nullish(),
  savingOff: z.boolean().nullish(),
})

export interface TidyDeps {
  database: Database
  binding: EngineBinding
  tasks: Pick<Tasks, 'current'>
  volumes: NewVolumes
  saving: Saving
  logger: Logger
}

/**
 * Undoes what tasks that have ended could not undo then, because the engine, the game or the disk was away. Safe at
 * any time; what still can't be done stays for the next time. Never rejects.
 */
export async function tidyTasks(deps: TidyDeps): Promise<void> {
  for (const ended of plansWithLeftovers(deps.database)) {
    // What is under way may have to do with the same game and the same folder.
    if (deps.tasks.current(ended.serverId) !== null) continue
    try {
      await tidy(deps, ended)
    } catch (error) {
      deps.logger.info({ serverId: ended.serverId, err: error }, 'what a task left is still there')
    }
  }
}

async function tidy(deps: TidyDeps, { id, serverId, plan }: EndedPlan): Promise<void> {
  const left = leftoverSchema.parse(JSON.parse(plan))
  const done = (change: Partial<typeof left>) =>
    updateTask(deps.database, id, { plan: JSON.stringify(Object.assign(left, change)) })
  if (left.savingOff && (await deps.saving.on(serverId, 1))) done({ savingOff: false })
  if (left.draft) {
    await removeDraft(left.draft)
    done({ draft: null })
  }
  const engine = deps.binding.usable()?.engine
  if (left.making && engine) {
    await deps.volumes.discard(engine, serverId, left.making)
    done({ making: null })
  }
}
