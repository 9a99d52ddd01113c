import { describe, expect, it } from 'vitest'
import {
  backupTasks,
  readyServers,
  retentionWords,
} from '../../../src/renderer/pages/backups/backups-words.ts'
import type { Server } from '../../../src/shared/model.ts'
import { server } from '../../support/fixture/samples.ts'
import { task } from '../../support/fixture/samples-worlds.ts'

const byId = (...servers: Server[]) => Object.fromEntries(servers.map((one) => [one.id, one]))
const problem = { code: 'BACKUP_FAILED' as const, message: 'No.', remedy: 'Try again.' }
const names = (servers: Server[]) => servers.map(({ name }) => name)

const servers = byId(
  server({ id: '1', name: 'b' }),
  server({ id: '2', name: 'a', task: task('backup') }),
  server({ id: '3', name: 'A 10', task: task('backup', { problem }) }),
  server({ id: '4', name: 'A 9', task: task('stop', { problem }) }),
  server({ id: '5', name: 'No world', newWorld: true }),
  server({ id: '6', name: 'Busy', task: task('restore') }),
)

describe('backups', () => {
  it('can be made of a server that has a world and nothing under way', () => {
    expect(names(readyServers(servers))).toEqual(['A 9', 'A 10', 'b'])
    expect(readyServers(null)).toEqual([])
  })

  it('are shown while they go on, and when they went wrong', () => {
    expect(names(backupTasks(servers))).toEqual(['a', 'A 10'])
  })

  it('say how many stay', () => {
    const worlds = { folder: '/w', daily: true, keep: 7, keepGb: 50 }
    expect(retentionWords(worlds)).toBe('Daily: the newest 7 of each server, 50 GB at most together.')
    expect(retentionWords({ ...worlds, daily: false })).toBe('Daily backups are off.')
  })
})
