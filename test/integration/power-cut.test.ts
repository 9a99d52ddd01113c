import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { serverInput, startCore } from '../support/core.ts'
import { engineInfo, fakeEngine, fakeWatch } from '../support/fake-engine.ts'
import { contentAt, cutsOf, framesOf, openAfter, record } from '../unit/data/wal.ts'

/** The whole core at work on a made-up engine: what it writes, and what it held after each commit. */
async function recordCore() {
  const engine = fakeEngine()
  const watch = fakeWatch()
  watch.see({ engine, info: engineInfo })
  const running = await startCore({ watch, addresses: ['127.0.0.1'] })
  onTestFinished(async () => {
    await running.destroy()
    engine.close()
  })
  const { core, database, dataDir, until } = running
  core.hosts.update({
    ...{
      id: 'local',
      gamePorts: { first: 21_300, last: 21_309 },
      rconPorts: { first: 21_310, last: 21_319 },
    },
  })
  const recording = record(database, join(dataDir, 'lightnode.db'))
  const is = (id: string, wanted: string) =>
    until(id, ({ status, task }) => status === wanted && task === null)
  const create = (name: string) => core.servers.create(serverInput({ name, version: '1.20.4' }), 'test')
  const [one, two] = await Promise.all([create('One'), create('Two')])
  await Promise.all([is(one.id, 'online'), is(two.id, 'online')])
  await core.servers.stop(one.id, 'test')
  await is(one.id, 'stopped')
  await core.servers.update(two.id, { name: 'Second' }, 'test')
  await core.servers.start(one.id, 'test')
  await is(one.id, 'online')
  await core.servers.rotatePassword(two.id, 'test')
  await is(two.id, 'online')
  await core.bin.remove(one.id, 'test')
  await core.bin.restore(one.id, undefined, 'test')
  await is(one.id, 'online')
  return { ...recording, bytes: recording.log() }
}

test('the core at work: after a power cut in any frame of its log every commit is there, and nothing half', async () => {
  const recording = await recordCore()
  const folder = mkdtempSync(join(tmpdir(), 'lightnode-power-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const frames = framesOf(recording.bytes)
  const commits = frames.filter(({ commits: ends }) => ends)
  expect(recording.states.slice(1).map(({ length }) => length)).toEqual(commits.map(({ end }) => end))
  let cuts = 0
  for (const { what, log, whole } of cutsOf(recording.bytes)) {
    expect(openAfter(join(folder, 'lightnode.db'), recording.base, log), what).toBe(
      contentAt(recording, whole),
    )
    cuts += 1
  }
  process.stdout.write(
    `power cut: ${cuts} cuts at ${frames.length} frames, ${commits.length} commits of the core\n`,
  )
  expect(commits.length).toBeGreaterThan(60)
})
