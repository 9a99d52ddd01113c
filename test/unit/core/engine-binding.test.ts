import { setImmediate as nextTurn } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { findHost } from '../../../src/main/database/hosts.ts'
import { createEngineBinding } from '../../../src/main/servers/engine-binding.ts'
import { engineInfo, fakeEngine, fakeWatch } from '../../support/fake-engine.ts'
import { failureOf, LOCAL, openKit } from './kit.ts'
import { openLaunchKit } from './launch-kit.ts'

const GB = 1024 ** 3
const other = { ...engineInfo, id: 'ENGINE-2', name: 'elsewhere' }
const boundTo = (kit: { database: Parameters<typeof findHost>[0] }) => findHost(kit.database, LOCAL)?.engineId

function openBinding() {
  const kit = openKit()
  const watch = fakeWatch()
  const binding = createEngineBinding(kit.database, watch, LOCAL)
  return { ...kit, watch, binding, first: fakeEngine(), second: fakeEngine(other) }
}

describe('the engine of a host', () => {
  test('is the first that answers, kept by the id in its /info', async () => {
    const kit = openBinding()
    expect(boundTo(kit)).toBeNull()
    expect(kit.binding.usable()).toBeNull()
    kit.watch.see({ engine: kit.first, info: engineInfo })
    expect(boundTo(kit)).toBe('ENGINE-1')
    expect(kit.binding.engine()).toBe(kit.first)
    expect(await kit.binding.status()).toMatchObject({
      ...{ state: 'available', endpoint: 'unix:///fake.sock', source: 'test', id: 'ENGINE-1', name: 'here' },
      ...{ version: '28.1.0', operatingSystem: 'Debian', memoryTotal: 64, bound: null, problem: null },
      // 80% of 64 GB, in halves; a virtual machine's disk is not ours to look at.
      ...{ memoryFree: 51, diskFree: null },
    })
  })

  test('that answered before LightNode listened is bound, too', () => {
    const kit = openBinding()
    kit.watch.see({ engine: kit.first, info: engineInfo })
    const again = createEngineBinding(kit.database, kit.watch, LOCAL)
    expect(again.engine()).toBe(kit.first)
  })

  test('may be another one freely while there are no servers', () => {
    const kit = openBinding()
    kit.watch.see({ engine: kit.first, info: engineInfo })
    kit.watch.see({ engine: kit.second, info: other })
    expect(boundTo(kit)).toBe('ENGINE-2')
    expect(kit.binding.engine()).toBe(kit.second)
  })

  test('is no other once there are servers: both are named, and only the user rebinds', async () => {
    const kit = openBinding()
    kit.watch.see({ engine: kit.first, info: engineInfo })
    await kit.reserve('a')
    kit.watch.see({ engine: kit.second, info: other })
    expect(boundTo(kit)).toBe('ENGINE-1')
    expect(kit.binding.usable()).toBeNull()
    expect(await failureOf(() => kit.binding.engine())).toMatchObject({
      code: 'ENGINE_MISMATCH',
      message: 'Your servers are on engine "here", but "elsewhere" answers now. Nothing is changed there.',
    })
    expect(await kit.binding.status()).toMatchObject({
      ...{ state: 'mismatch', id: 'ENGINE-2', name: 'elsewhere' },
      ...{ bound: { id: 'ENGINE-1', name: 'here' }, problem: { code: 'ENGINE_MISMATCH' }, memoryFree: null },
    })
    expect(kit.second.calls).toEqual([])

    let told = 0
    kit.binding.onChange(() => {
      told += 1
    })
    kit.binding.rebind()
    expect(told).toBe(1)
    expect(boundTo(kit)).toBe('ENGINE-2')
    expect(kit.binding.engine()).toBe(kit.second)
  })

  test('is the same one under another name or at another endpoint', async () => {
    const kit = openBinding()
    kit.watch.see({ engine: kit.first, info: engineInfo })
    await kit.reserve('a')
    const moved = fakeEngine()
    kit.watch.see({ engine: moved, info: { ...engineInfo, name: 'renamed' } })
    expect(kit.binding.engine()).toBe(moved)
  })

  test.each([
    ['missing', 'ENGINE_UNREACHABLE'],
    ['denied', 'ENGINE_DENIED'],
    ['remote', 'REMOTE_ENGINE'],
  ] as const)('that is %s is no engine: %s', async (state, code) => {
    const kit = openBinding()
    kit.watch.see(state)
    expect((await failureOf(() => kit.binding.engine())).code).toBe(code)
    expect((await failureOf(() => kit.binding.rebind())).code).toBe(code)
    expect((await kit.binding.status()).problem).toMatchObject({ code, remedy: expect.any(String) })
    expect(await kit.binding.capacity()).toEqual({ memoryBytes: null, diskFreeBytes: null })
    expect(boundTo(kit)).toBeNull()
  })

  test('that is still looked for is not yet a problem', async () => {
    const { binding } = openBinding()
    expect(await binding.status()).toMatchObject({ state: 'searching', problem: null, tried: [] })
    expect((await failureOf(() => binding.engine())).code).toBe('ENGINE_UNREACHABLE')
  })

  test('tells what it has left, less what is promised', async () => {
    const kit = openBinding()
    const here = { ...engineInfo, sameMachine: true, rootDir: process.cwd(), memoryBytes: 8 * GB }
    kit.watch.see({ engine: kit.first, info: here })
    expect((await kit.binding.status()).memoryFree).toBe(6)
    await kit.reserve('a')
    const status = await kit.binding.status()
    expect(status.memoryFree).toBe(5.5)
    expect(status.diskFree).toBeGreaterThanOrEqual(0)
    kit.watch.see({ engine: kit.first, info: { ...here, rootDir: '/not/there' } })
    expect((await kit.binding.status()).diskFree).toBeNull()
  })
})

describe('waiting for an engine', () => {
  test('ends when one is usable, not when a wrong one answers', async () => {
    const kit = openBinding()
    kit.watch.see({ engine: kit.first, info: engineInfo })
    await kit.reserve('a')
    kit.watch.see('missing')
    let ended = false
    const waiting = kit.binding.whenUsable(new AbortController().signal).then(() => {
      ended = true
    })
    for (const state of ['denied', 'remote', { engine: kit.second, info: other }] as const) {
      kit.watch.see(state)
      await nextTurn()
      expect(ended).toBe(false)
    }
    kit.watch.see({ engine: kit.first, info: engineInfo })
    await waiting
    await kit.binding.whenUsable(new AbortController().signal)
  })

  test('ends with the reason when it is called off', async () => {
    const { binding } = openBinding()
    const abort = new AbortController()
    const waiting = failureOf(() => binding.whenUsable(abort.signal))
    abort.abort(new Error('enough'))
    expect((await waiting).message).toBe('enough')
    expect((await failureOf(() => binding.whenUsable(abort.signal))).message).toBe('enough')
  })
})

test('with a wrong engine servers wait, and nothing is asked of it, until the user rebinds', async () => {
  const kit = openLaunchKit()
  const first = await kit.create().then(({ id }) => kit.until(id, 'online'))
  const wrong = fakeEngine(other)
  kit.watch.see({ engine: wrong, info: other })
  const { id } = await kit.create({ name: 'Second' })
  const waiting = await kit.until(id, 'waiting')
  expect(waiting.run?.steps.find(({ state }) => state === 'waiting')?.detail).toContain(
    '"elsewhere" answers now',
  )
  expect((await failureOf(() => kit.servers.stop(first.id, 'test'))).code).toBe('ENGINE_MISMATCH')
  kit.watch.emit({ action: 'die', labels: {} })
  expect(await kit.servers.logs(first.id, 10)).toEqual([])
  expect(await kit.servers.volumeBytes(first.id)).toBeNull()
  expect(wrong.calls).toEqual([])
  kit.binding.rebind()
  await kit.until(id, 'online')
  expect(wrong.calls).toContain(`createContainer ${waiting.containerName}`)
  // Its container is not there: what LightNode knows of it follows what is.
  await kit.until(first.id, 'stopped')
  wrong.close()
})
