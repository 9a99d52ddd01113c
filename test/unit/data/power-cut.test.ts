import { join } from 'node:path'
import { expect, test } from 'vitest'
import { isLookOnly } from '../../../src/main/data/look-only.ts'
import { insertActivity } from '../../../src/main/database/activity.ts'
import type { Database } from '../../../src/main/database/open.ts'
import { endRun, insertRun } from '../../../src/main/database/runs.ts'
import { listServers, updateServer } from '../../../src/main/database/servers.ts'
import { openSessions } from '../../../src/main/database/sessions.ts'
import { getSetting, setSetting } from '../../../src/main/database/settings.ts'
import { endTask, insertTask, updateTask } from '../../../src/main/database/tasks.ts'
import { type DataKit, makeFolder, openDataKit } from './data-kit.ts'
import { contentAt, cutsOf, framesOf, openAfter, type Recording, record } from './wal.ts'

/** What LightNode writes in a busy hour, a restored copy included. */
async function work(kit: DataKit): Promise<void> {
  const { database, now } = kit
  const ids: string[] = []
  for (const name of ['Alpha', 'Beta', 'Gamma']) ids.push((await kit.add(name)).id)
  const [alpha = '', beta = '', gamma = ''] = ids
  for (const id of ids) {
    const run = database.prepare('SELECT id FROM runs WHERE server_id = ?').pluck().get(id) as string
    updateServer(database, id, { status: 'starting', containerId: `c-${id}`, image: 'game:1' })
    database.transaction(() => {
      endRun(database, run, { state: 'succeeded' }, now())
      updateServer(database, id, { status: 'online', firstOnlineAt: now() })
    })()
    insertActivity(database, {
      ...{ at: now(), actor: 'lightnode', action: 'server.online', serverId: id, serverName: 'x' },
      ...{ level: 'info', message: 'It is online.' },
    })
  }
  insertTask(database, {
    ...{ id: 't1', serverId: alpha, kind: 'stop', actor: 'test', plan: '{}', step: '', startedAt: now() },
  })
  updateTask(database, 't1', { step: 'Saving' })
  updateServer(database, alpha, { status: 'stopped', desired: 'stopped' })
  endTask(database, 't1', now(), null)
  const { name } = await kit.data.backUp()
  openSessions(database, now).create({ kind: 'panel', serverId: beta })
  kit.tick()
  insertRun(database, { id: 'again', serverId: alpha, startedAt: now() })
  updateServer(database, gamma, { name: 'Delta', nameKey: 'delta', memoryMb: 4096 })
  await kit.add('Later')
  setSetting(database, 'image', 'not-in-the-copy:1')
  await kit.data.restore(name, 'test')
  await kit.data.confirm('test')
  await kit.add('After it')
}

let recorded: Promise<Recording & { bytes: Buffer; servers: number }> | undefined
function recordOnce() {
  recorded ??= (async () => {
    const kit = openDataKit()
    const recording = record(kit.database, kit.file)
    await work(kit)
    return { ...recording, bytes: recording.log(), servers: listServers(kit.database).length }
  })()
  return recorded
}

test('every commit is seen, and the last one is the whole of it', async () => {
  const { bytes, states, servers } = await recordOnce()
  const frames = framesOf(bytes)
  const commits = frames.filter((frame) => frame.commits)
  expect(states.slice(1).map(({ length }) => length)).toEqual(commits.map(({ end }) => end))
  expect(commits.length).toBeGreaterThan(25)
  // A half of a transaction could be seen: most are of several frames.
  expect(frames.length).toBeGreaterThan(commits.length * 2)
  expect(servers).toBe(4)
})

test('after a power cut at or in any frame of the log, what was committed is there, and nothing half', async () => {
  const recording = await recordOnce()
  const file = join(makeFolder(), 'lightnode.db')
  let cuts = 0
  for (const { what, log, whole } of cutsOf(recording.bytes)) {
    expect(openAfter(file, recording.base, log), what).toBe(contentAt(recording, whole))
    cuts += 1
  }
  const frames = framesOf(recording.bytes).length
  process.stdout.write(
    `power cut: ${cuts} cuts at ${frames} frames, ${recording.states.length - 1} commits\n`,
  )
  expect(cuts).toBeGreaterThan(frames * 5)
}, 240_000)

test('the content of a copy comes in the same instant as the mark that LightNode only looks', async () => {
  const { base, bytes } = await recordOnce()
  const file = join(makeFolder(), 'lightnode.db')
  const look = (database: Database) =>
    `${getSetting(database, 'image') ?? 'of the copy'}, ${isLookOnly(database) ? 'looks' : 'acts'}`
  const seen = framesOf(bytes).map(({ end }) => openAfter(file, base, bytes.subarray(0, end), look))
  const from = seen.slice(seen.indexOf('not-in-the-copy:1, acts'))
  expect([...new Set(from)]).toEqual(['not-in-the-copy:1, acts', 'of the copy, looks', 'of the copy, acts'])
}, 60_000)

test('cut off while the log is folded into the file, nothing is lost', async () => {
  const { base, bytes, states } = await recordOnce()
  const file = join(makeFolder(), 'lightnode.db')
  const pageSize = bytes.readUInt32BE(8)
  // The newest of each page, as a checkpoint writes them.
  const newest = new Map(
    framesOf(bytes).map((frame) => [frame.page, bytes.subarray(frame.start + 24, frame.end)]),
  )
  const pages = [...newest].sort(([a], [b]) => a - b)
  const size = Math.max(base.length, ...pages.map(([page]) => page * pageSize))
  const half = Buffer.concat([base, Buffer.alloc(size - base.length)])
  for (const [page, content] of pages) {
    const at = (page - 1) * pageSize
    // First the page is torn, then it is whole.
    content.copy(half, at, 0, 1024)
    expect(openAfter(file, half, bytes), `in page ${page}`).toBe(states.at(-1)?.content)
    content.copy(half, at)
  }
  expect(openAfter(file, half, bytes)).toBe(states.at(-1)?.content)
}, 120_000)
