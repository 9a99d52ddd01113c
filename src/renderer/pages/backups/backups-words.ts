import type { Server } from '../../../shared/model.ts'
import type { WorldSettings } from '../../../shared/settings.ts'

const byName = new Intl.Collator('en', { numeric: true, sensitivity: 'base' })

/** How often worlds are backed up, and how many daily backups stay. */
export function retentionWords({ daily, keep, keepGb }: WorldSettings): string {
  const kept = `the newest ${keep === 1 ? 'one' : keep} of each server, ${keepGb} GB at most together`
  return daily ? `Daily: ${kept}.` : 'Daily backups are off.'
}

/** Servers whose world can be backed up now: nothing else is being done to them. By name. */
export function readyServers(servers: Record<string, Server> | null): Server[] {
  return Object.values(servers ?? {})
    .filter(({ task, newWorld }) => (task === null || task.problem !== null) && !newWorld)
    .sort((one, other) => byName.compare(one.name, other.name))
}

/** Servers whose newest task is a backup, under way or gone wrong. By name. */
export function backupTasks(servers: Record<string, Server> | null): Server[] {
  return Object.values(servers ?? {})
    .filter(({ task }) => task?.kind === 'backup')
    .sort((one, other) => byName.compare(one.name, other.name))
}
