import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { extract, pack } from 'tar-stream'
import { expect, it } from 'vitest'
import type { ContainerSpec } from '../../../src/main/engine/types.ts'
import { fakeEngine } from '../../support/fake-engine.ts'

const never = new AbortController().signal
const spec = (name: string): ContainerSpec => ({
  ...{ name, image: 'game:1', labels: {}, env: {}, ports: [], memoryBytes: 1, pidsLimit: 1 },
  ...{ mount: { type: 'volume', source: `${name}-volume`, target: '/data' }, capabilities: [] },
  stopTimeoutSeconds: 1,
})

async function open() {
  const engine = fakeEngine()
  engine.images.add('game:1')
  const { id } = await engine.createContainer(spec('a'))
  return { engine, id }
}

it('carries files from one volume to another', async () => {
  const { engine, id } = await open()
  engine.files('a-volume').set('world/level.dat', Buffer.from('level')).set('ops.json', Buffer.from('[]'))
  const entries = extract()
  const names: string[] = []
  ;(await engine.readArchive(id, '/data', never)).pipe(entries)
  for await (const entry of entries) {
    names.push(entry.header.name)
    entry.resume()
  }
  expect(names).toEqual(['data/', 'data/world/', 'data/world/level.dat', 'data/ops.json'])

  const other = (await engine.createContainer(spec('b'))).id
  await engine.writeArchive(other, '/', await engine.readArchive(id, '/data', never), never)
  expect(engine.files('b-volume')).toEqual(engine.files('a-volume'))
  await engine.writeArchive(other, '/data/x', await engine.readArchive(id, '/data/world', never), never)
  expect([...engine.files('b-volume').keys()]).toContain('x/world/level.dat')
  await engine.removeVolume('a-volume', {})
  expect(engine.files('a-volume').size).toBe(0)
})

it('refuses what is missing, passes errors on, and ends with an abort', async () => {
  const { engine, id } = await open()
  await expect(engine.readArchive(id, '/data/nothing', never)).rejects.toMatchObject({ kind: 'not-found' })
  await expect(engine.readArchive('nobody', '/data', never)).rejects.toMatchObject({ kind: 'not-found' })
  const broken = new Readable({ read() {} })
  setTimeout(() => broken.destroy(new Error('broken')), 10)
  await expect(engine.writeArchive(id, '/data', broken, never)).rejects.toThrow('broken')
  const controller = new AbortController()
  const endless = pack()
  endless.entry({ name: 'x', size: 100 })
  setTimeout(() => controller.abort(new Error('enough')), 10)
  const archive = Readable.from(endless, { objectMode: false })
  await expect(engine.writeArchive(id, '/data', archive, controller.signal)).rejects.toThrow('enough')
  engine.files('a-volume').set('big', Buffer.alloc(1_000_000))
  const reading = new AbortController()
  const read = await engine.readArchive(id, '/data', reading.signal)
  reading.abort(new Error('enough'))
  await expect(buffer(read)).rejects.toThrow('enough')
})

it('stops, kills, renames and runs commands', async () => {
  const { engine, id } = await open()
  await engine.startContainer(id)
  engine.onExec = (name, command) => ({ exitCode: 2, output: `${name} ${command.join(' ')}` })
  expect(await engine.exec(id, ['rcon-cli', 'list'], 1)).toEqual({ exitCode: 2, output: 'a rcon-cli list' })
  await engine.renameContainer(id, 'new')
  await engine.createContainer(spec('b'))
  await expect(engine.renameContainer(id, 'b')).rejects.toMatchObject({ kind: 'name-taken' })
  let release = () => {}
  engine.before = (method) =>
    method === 'stopContainer'
      ? new Promise((resolve) => {
          release = resolve
        })
      : undefined
  const controller = new AbortController()
  const stopping = engine.stopContainer(id, 86_400, controller.signal)
  controller.abort()
  await expect(stopping).rejects.toMatchObject({ kind: 'timeout' })
  expect((await engine.inspectContainer('new'))?.status).toBe('running')
  await engine.killContainer(id)
  release()
  expect(await engine.inspectContainer('new')).toMatchObject({ status: 'exited', exitCode: 137 })
  await expect(engine.exec(id, ['x'], 1)).rejects.toMatchObject({ kind: 'rejected' })
  expect(await engine.listVolumes()).toEqual([
    { name: 'a-volume', labels: {}, createdAt: null },
    { name: 'b-volume', labels: {}, createdAt: null },
  ])
  expect((await engine.listContainers()).map(({ name, image }) => [name, image])).toEqual([
    ['new', 'game:1'],
    ['b', 'game:1'],
  ])
})
