import pino from 'pino'
import { describe, expect, test } from 'vitest'
import { findServer, updateServer } from '../../../src/main/database/servers.ts'
import { insertWorldBackup, type WorldBackupRow } from '../../../src/main/database/world-backups.ts'
import { createSchedule } from '../../../src/main/worlds/schedule.ts'
import { LightNodeError } from '../../../src/shared/errors.ts'
import { openKit } from '../core/kit.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR

/** A schedule on made-up clocks, whose backups are noted; every server has had a world for a day. */
async function open(ids: readonly string[] = ['one']) {
  const kit = openKit()
  const time = { clock: 1000 * DAY, uptime: 0 }
  const made: string[] = []
  const told: string[] = []
  const state = { outcome: 'made' as 'made' | 'unchanged' | Error, busy: '', running: 0, most: 0 }
  for (const id of ids) {
    await kit.reserve(id)
    updateServer(kit.database, id, { firstOnlineAt: time.clock - DAY })
  }
  const schedule = createSchedule({
    ...{ database: kit.database, logger: pino({ level: 'silent' }), act: (work) => work() },
    records: { row: (id) => findServer(kit.database, id)! },
    tasks: { current: (id) => (id === state.busy ? 'stop' : null) },
    launcher: { isBusy: () => false },
    activity: ({ message }) => void told.push(message),
    settings: () => ({ folder: '/nowhere', daily: true, keep: 7, keepGb: 50 }),
    now: () => time.clock,
    uptime: () => time.uptime,
    async backUp(serverId) {
      state.most = Math.max(state.most, ++state.running)
      await new Promise((resolve) => setTimeout(resolve, 5))
      state.running -= 1
      made.push(serverId)
      if (state.outcome instanceof Error) throw state.outcome
      return state.outcome === 'unchanged' ? null : record(kit.database, serverId, made.length, time.clock)
    },
  })
  return {
    ...{ time, made, told, state, schedule, kit },
    /** So much later by both clocks, or by the wall clock alone. @returns how many were made then */
    async later(hours: number, clockHours = hours): Promise<number> {
      time.uptime += hours * HOUR
      time.clock += clockHours * HOUR
      const before = made.length
      await schedule.look()
      return made.length - before
    },
  }
}

function record(database: Parameters<typeof insertWorldBackup>[0], serverId: string, n: number, at: number) {
  const row: WorldBackupRow = {
    ...{ id: `b${n}`, serverId, serverName: serverId, reason: 'daily', file: `/nowhere/${n}` },
    ...{ type: 'VANILLA', version: '1.20.4', resolvedVersion: null, memoryMb: 1, diskGb: 1, bytes: 1 },
    ...{ worldBytes: 1, files: 1, digest: 'd', createdAt: at, verifiedAt: at },
  }
  insertWorldBackup(database, row)
  return row
}

describe('when a daily backup is due', () => {
  test('every 24 hours, and not before', async () => {
    const { later } = await open()
    expect(await later(0)).toBe(1)
    expect(await later(23)).toBe(0)
    expect(await later(1)).toBe(1)
    expect(await later(50)).toBe(1)
  })

  test('one server after another; those that something is done to are left for later', async () => {
    const { later, made, state } = await open(['one', 'two', 'three'])
    state.busy = 'two'
    await later(0)
    expect(made.sort()).toEqual(['one', 'three'])
    expect(state.most).toBe(1)
    state.busy = ''
    await later(1)
    expect(made.sort()).toEqual(['one', 'three', 'two'])
  })

  test('who asks twice at a time gets one', async () => {
    const { schedule, made } = await open()
    await Promise.all([schedule.look(), schedule.look()])
    expect(made).toHaveLength(1)
  })

  test('a server that has no world yet has nothing to save; a new world has an hour', async () => {
    const { later, kit, time } = await open()
    updateServer(kit.database, 'one', { firstOnlineAt: null })
    expect(await later(100)).toBe(0)
    updateServer(kit.database, 'one', { firstOnlineAt: time.clock })
    expect(await later(0.9)).toBe(0)
    expect(await later(0.1)).toBe(1)
  })

  test('a clock that jumps makes one, never two in a row', async () => {
    const { later } = await open()
    expect(await later(0)).toBe(1)
    // A year ahead, and back again: one each at most, and an hour apart.
    expect(await later(0.1, 24 * 365)).toBe(0)
    expect(await later(1, 1)).toBe(1)
    expect(await later(0.1, -24 * 365)).toBe(0)
    // What the wrong clock made is from the future now and says nothing; what was made before it still counts.
    expect(await later(2, 2)).toBe(0)
    expect(await later(21, 21)).toBe(1)
  })

  test('a clock that was put back for good goes on within a day', async () => {
    const { later } = await open()
    expect(await later(0)).toBe(1)
    expect(await later(0.5, -24 * 1000)).toBe(0)
    expect(await later(1)).toBe(1)
    expect(await later(23)).toBe(0)
    expect(await later(1)).toBe(1)
  })

  test('an unchanged world is not looked at again for a day', async () => {
    const { later, state } = await open()
    state.outcome = 'unchanged'
    expect(await later(0)).toBe(1)
    expect(await later(23)).toBe(0)
    expect(await later(1)).toBe(1)
  })

  test('a failure is tried again after an hour, and told once', async () => {
    const { later, state, told } = await open()
    state.outcome = new LightNodeError('BACKUP_FAILED', 'The disk is full.')
    expect(await later(0)).toBe(1)
    expect(await later(0.5)).toBe(0)
    expect(await later(0.5)).toBe(1)
    expect(told).toEqual(['The daily backup of Server one failed: The disk is full.'])
    state.outcome = 'made'
    expect(await later(1)).toBe(1)
    state.outcome = new LightNodeError('BACKUP_FAILED', 'The disk is full.')
    expect(await later(24)).toBe(1)
    expect(told).toHaveLength(2)
  })

  test('what a person gave up is left for six hours', async () => {
    const { later, state, told } = await open()
    state.outcome = new LightNodeError('CANCELLED')
    expect(await later(0)).toBe(1)
    expect(await later(5)).toBe(0)
    expect(await later(1)).toBe(1)
    expect(told).toEqual([])
  })

  test('nothing is begun after the end', async () => {
    const { later, schedule } = await open()
    schedule.stop()
    expect(await later(100)).toBe(0)
  })
})
