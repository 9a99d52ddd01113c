import { createRouterClient } from '@orpc/server'
import { expect, onTestFinished, test } from 'vitest'
import { createRouter } from '../../src/main/doors/router.ts'
import type { LightNodeEvent } from '../../src/shared/model.ts'
import { serverInput, startCore } from '../support/core.ts'
import { engineInfo, fakeEngine, fakeWatch } from '../support/fake-engine.ts'

/** What asks and changes nothing. */
const READS =
  /^(info|hasImage|listContainers|listVolumes|inspect\w*|\w*[lL]ogs?|hasVolume|volume\w*|find\w*|diskUsage|ping|exec)\b/

/** The whole core on a made-up engine whose games answer, asked through the router. */
async function open(first: number, { engineAnswers = true } = {}) {
  const engine = fakeEngine()
  const watch = fakeWatch()
  const connect = () => watch.see({ engine, info: engineInfo })
  if (engineAnswers) connect()
  const running = await startCore({ watch, addresses: ['127.0.0.1'] })
  onTestFinished(async () => {
    await running.destroy()
    engine.close()
  })
  running.core.hosts.update({
    ...{ id: 'local', gamePorts: { first, last: first + 9 } },
    rconPorts: { first: first + 10, last: first + 19 },
  })
  const ask = createRouterClient(createRouter(running.core), {
    context: { actor: 'desktop', clipboard: null, saveFile: null },
  })
  const create = (name: string) => ask.servers.create(serverInput({ name, version: '1.20.4' }))
  const online = (id: string) => running.until(id, ({ status }) => status === 'online')
  return { ...running, engine, connect, ask, create, online }
}

test('after a restore LightNode looks and tells, and changes nothing before it is confirmed', async () => {
  const { core, engine, ask, create, online, until } = await open(21_200)
  const kept = await create('Kept')
  await online(kept.id)
  const backup = await ask.data.backUp({})
  const later = await create('Later')
  await online(later.id)
  await ask.servers.update({ id: kept.id, name: 'Renamed' })
  expect(await ask.data.compare({ name: backup.name })).toMatchObject({
    returning: [],
    forgotten: ['Later'],
    changed: [{ name: 'Renamed', differences: ['Name: Renamed becomes Kept.'] }],
  })

  const stream = await ask.events.stream({})
  const seen: LightNodeEvent[] = []
  const listening = (async () => {
    for await (const event of stream) seen.push(event)
  })()
  const from = engine.calls.length
  expect(await ask.data.restore({ name: backup.name })).toMatchObject({
    lookOnly: { restoredFrom: backup.name },
  })
  // The window's stream ended: it loads everything anew.
  await listening
  expect(seen[0]).toEqual({ type: 'hello' })

  expect((await ask.servers.list({})).map(({ name }) => name)).toEqual(['Kept'])
  expect((await ask.servers.credentials({ id: kept.id })).port).toBe(kept.port)
  for (const refused of [
    () => ask.servers.stop({ id: kept.id }),
    () => create('Another'),
    () => ask.servers.remove({ id: kept.id }),
  ])
    await expect(refused()).rejects.toMatchObject({ code: 'LOOK_ONLY' })

  // A game that ends by itself is seen, and left; so is the server that nobody knows any more.
  const [name = ''] = [...engine.containers.keys()]
  engine.end(name, 1, { logs: ['crashed'] })
  await core.reconcile()
  await until(kept.id, ({ status }) => status === 'failed')
  expect(engine.calls.slice(from).filter((call) => !READS.test(call))).toEqual([])
  expect(engine.containers.size).toBe(2)

  expect(await ask.data.confirm({})).toEqual({ lookOnly: null })
  await ask.servers.start({ id: kept.id })
  await online(kept.id)
  // What the copy does not know is nobody's to remove.
  await core.reconcile()
  expect(engine.containers.size).toBe(2)
  await ask.servers.stop({ id: kept.id })
})

test('a launch that is under way when a copy comes back is gone on with after the confirmation', async () => {
  const { engine, connect, ask, create, online, until, database } = await open(21_230, {
    engineAnswers: false,
  })
  const { id } = await create('Waits')
  await until(id, ({ status }) => status === 'waiting')
  const backup = await ask.data.backUp({})
  await ask.data.restore({ name: backup.name })
  expect(database.prepare('SELECT count(*) FROM runs WHERE ended_at IS NULL').pluck().get()).toBe(1)
  connect()
  await expect.poll(() => engine.calls.some((call) => call.startsWith('listContainers'))).toBe(true)
  await new Promise((resolve) => setTimeout(resolve, 1000))
  expect(engine.calls.filter((call) => !READS.test(call))).toEqual([])
  await ask.data.confirm({})
  expect((await online(id)).problem).toBeNull()
  expect(engine.containers.size).toBe(1)
})

test('a restore that fails goes on with what it cut off', async () => {
  const { connect, ask, create, online, until, database } = await open(21_260, { engineAnswers: false })
  const backup = await ask.data.backUp({})
  const { id } = await create('Waits')
  await until(id, ({ status }) => status === 'waiting')
  database.pragma('query_only = ON')
  await expect(ask.data.restore({ name: backup.name })).rejects.toMatchObject({ code: 'SQLITE_READONLY' })
  database.pragma('query_only = OFF')
  connect()
  expect((await online(id)).problem).toBeNull()
  expect(await ask.data.state({})).toEqual({ lookOnly: null })
})
