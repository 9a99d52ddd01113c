import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { type Discovery, EngineError, type EngineEvent } from '../../../src/main/engine/types.ts'
import { watchEngine } from '../../../src/main/engine/watch.ts'
import { fakeEngine, info } from './fake-engine.ts'

const missing = { state: 'missing', source: null, endpoint: null, tried: [] } satisfies Discovery
const event: EngineEvent = { action: 'start', containerId: 'c', labels: {}, exitCode: null, at: 1 }

/** An engine whose stream and pings are in the test's hands. */
function handEngine(id = 'ID') {
  const state = {
    ping: () => Promise.resolve(),
    cut: () => {},
    tell: (_: EngineEvent) => {},
    streams: 0,
    pings: 0,
  }
  const engine = fakeEngine({
    ping: () => {
      state.pings += 1
      return state.ping()
    },
    async *events(signal: AbortSignal) {
      state.streams += 1
      const queue: EngineEvent[] = []
      let wake = () => {}
      let lost = false
      state.tell = (next) => {
        queue.push(next)
        wake()
      }
      state.cut = () => {
        lost = true
        wake()
      }
      signal.addEventListener('abort', () => wake())
      try {
        while (!signal.aborted) {
          const next = queue.shift()
          if (next) yield next
          else if (lost) throw new EngineError('unreachable', 'lost')
          else await new Promise<void>((resolve) => (wake = resolve))
        }
      } finally {
        state.streams -= 1
      }
    },
  })
  const found: Discovery = { state: 'available', engine, info: { ...info, id }, source: 'x', tried: [] }
  return { state, found }
}

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

function watching(discover: () => Promise<Discovery>) {
  const errors: unknown[] = []
  const watch = watchEngine({ discover, onError: (error) => errors.push(error) })
  const states: string[] = []
  watch.onChange(() => states.push(watch.current.state))
  return { watch, states, errors }
}

it('searches every three seconds while there is none, and tells it once', async () => {
  const discover = vi.fn(async () => missing)
  const { watch, states } = watching(discover)
  expect(watch.current.state).toBe('searching')
  await watch.start()
  await vi.advanceTimersByTimeAsync(9_100)
  expect(discover).toHaveBeenCalledTimes(4)
  expect(states).toEqual(['missing'])
  await watch.stop()
  expect(vi.getTimerCount()).toBe(0)
  await vi.advanceTimersByTimeAsync(9_000)
  expect(discover).toHaveBeenCalledTimes(4)
})

it('passes events on, pings, and survives one failed ping but not two', async () => {
  const { state, found } = handEngine()
  let next: Discovery = found
  const { watch, states } = watching(async () => next)
  const events: EngineEvent[] = []
  watch.onEvent((told) => events.push(told))
  await watch.start()
  await vi.advanceTimersByTimeAsync(0)
  state.tell(event)
  await vi.advanceTimersByTimeAsync(0)
  expect(events).toEqual([event])

  state.ping = () => Promise.reject(new EngineError('timeout', 'late'))
  await vi.advanceTimersByTimeAsync(5_000)
  state.ping = () => Promise.resolve()
  await vi.advanceTimersByTimeAsync(20_000)
  expect(states).toEqual(['available'])
  expect(state.pings).toBe(5)

  state.ping = () => Promise.reject(new EngineError('timeout', 'late'))
  next = missing
  await vi.advanceTimersByTimeAsync(10_100)
  expect(states).toEqual(['available', 'searching', 'missing'])
  expect(state.streams).toBe(0)
  await watch.stop()
  expect(vi.getTimerCount()).toBe(0)
})

it('searches again when the stream is lost, and does not hammer an engine that is lost at once', async () => {
  const { state, found } = handEngine()
  const discover = vi.fn(async () => found)
  const { watch, states } = watching(discover)
  await watch.start()
  await vi.advanceTimersByTimeAsync(4_000)
  state.cut()
  await vi.advanceTimersByTimeAsync(10)
  expect(states).toEqual(['available', 'searching', 'available'])
  state.cut()
  await vi.advanceTimersByTimeAsync(1_000)
  expect(watch.current.state).toBe('searching')
  expect(discover).toHaveBeenCalledTimes(2)
  await vi.advanceTimersByTimeAsync(2_100)
  expect(watch.current.state).toBe('available')
  expect(state.streams).toBe(1)
  await watch.stop()
  expect(state.streams).toBe(0)
})

it('looks again when asked: keeps what is the same, changes to what is not', async () => {
  const one = handEngine('one')
  const two = handEngine('two')
  let next: Discovery = missing
  const { watch, states } = watching(async () => next)
  await watch.start()
  next = one.found
  await watch.refresh()
  expect(watch.current).toBe(one.found)
  const again = handEngine('one')
  next = again.found
  await watch.refresh()
  expect(watch.current).toBe(one.found)
  expect([one.state.streams, again.state.streams]).toEqual([1, 0])
  next = two.found
  await watch.refresh()
  expect(watch.current).toBe(two.found)
  expect(states).toEqual(['missing', 'available', 'available'])
  expect([one.state.streams, two.state.streams]).toEqual([0, 1])
  await watch.stop()
  await watch.refresh()
})

it('goes on after a search or a listener that throws', async () => {
  const { state, found } = handEngine()
  const discover = vi
    .fn<() => Promise<Discovery>>()
    .mockRejectedValueOnce(new Error('a bug'))
    .mockResolvedValue(found)
  const { watch, states, errors } = watching(discover)
  watch.onEvent(() => {
    throw new Error('a bug of a listener')
  })
  const silent = vi.fn()
  watch.onChange(silent)()
  await watch.start()
  expect(watch.current).toMatchObject({ state: 'missing', tried: [{ outcome: 'a bug' }] })
  await vi.advanceTimersByTimeAsync(3_000)
  state.tell(event)
  await vi.advanceTimersByTimeAsync(0)
  expect(states).toEqual(['missing', 'available'])
  expect(state.streams).toBe(1)
  expect(errors.map((error) => (error as Error).message)).toEqual(['a bug', 'a bug of a listener'])
  expect(silent).not.toHaveBeenCalled()
  await watch.stop()
})

it('stops in the middle of a search', async () => {
  let ended = false
  const watch = watchEngine({
    discover: (signal) =>
      new Promise((resolve) => {
        signal.addEventListener('abort', () => {
          ended = true
          resolve(missing)
        })
      }),
  })
  const started = watch.start()
  await watch.stop()
  await started
  expect(ended).toBe(true)
  expect(watch.current.state).toBe('searching')
})
