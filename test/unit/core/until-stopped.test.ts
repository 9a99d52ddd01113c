import { expect, test } from 'vitest'
import { untilStopped } from '../../../src/main/servers/until-stopped.ts'
import { fakeEngine } from '../../support/fake-engine.ts'

/** A container whose first process is deaf for the first signal. */
async function deaf() {
  const engine = fakeEngine()
  engine.images.add('game:1')
  const { id } = await engine.createContainer({
    ...{ name: 'one', image: 'game:1', labels: {}, env: {}, ports: [], capabilities: [] },
    mount: { type: 'volume', source: 'one', target: '/data' },
    ...{ memoryBytes: 64 * 1024 ** 2, pidsLimit: 64, stopTimeoutSeconds: 1 },
  })
  await engine.startContainer(id)
  const told = { times: 0 }
  engine.before = (method) => {
    if (method !== 'stopContainer') return undefined
    told.times += 1
    return told.times === 1 ? new Promise(() => {}) : undefined
  }
  return { engine, id, told }
}

test('a game that was still starting is told to stop again: it had not heard the first time', async () => {
  const { engine, id, told } = await deaf()
  await untilStopped(engine, id, () => true, new AbortController().signal, true)
  expect(told.times).toBe(2)
  expect((await engine.inspectContainer(id))?.status).toBe('exited')
  engine.close()
})

test('one that was Online heard it: it is told once, and let save for as long as it takes', async () => {
  const { engine, id, told } = await deaf()
  const over = new AbortController()
  const stopping = untilStopped(engine, id, () => true, over.signal, false)
  setTimeout(() => over.abort(new Error('enough')), 4000)
  await expect(stopping).rejects.toThrow('enough')
  expect(told.times).toBe(1)
  engine.close()
})
