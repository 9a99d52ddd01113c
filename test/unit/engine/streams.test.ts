import { Readable } from 'node:stream'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { EngineClient } from '../../../src/main/engine/client.ts'
import { containerEvents, readEvent } from '../../../src/main/engine/events.ts'
import { pullImage, splitReference } from '../../../src/main/engine/images.ts'
import { jsonLines } from '../../../src/main/engine/json-lines.ts'
import { createPullProgress } from '../../../src/main/engine/pull-progress.ts'
import { throttled } from '../../../src/main/engine/throttle.ts'

const streaming = (...lines: unknown[]) =>
  ({
    stream: async () => Readable.from(lines.map((line) => Buffer.from(`${JSON.stringify(line)}\r\n`))),
  }) as unknown as EngineClient

describe('lines of JSON', () => {
  const read = async (...chunks: (string | Buffer)[]) => {
    const found: unknown[] = []
    for await (const line of jsonLines(Readable.from(chunks.map((chunk) => Buffer.from(chunk)))))
      found.push(line)
    return found
  }
  it('come whatever the pieces, and odd lines are passed over', async () => {
    const bytes = Buffer.from('{"a":"€"}\n\n{"b":1}{"c":\nno json\n[2]')
    const single = [...bytes].map((byte) => Buffer.from([byte]))
    expect(await read(...single)).toEqual([{ a: '€' }, [2]])
    expect(await read('{"a":1}\r\n{"b"', ':2}')).toEqual([{ a: 1 }, { b: 2 }])
  })
})

describe('pull progress', () => {
  it('counts bytes per layer and never goes back', () => {
    const progress = createPullProgress()
    const take = (id: string, status: string, current?: number, total?: number) =>
      progress.take({
        id,
        status,
        progressDetail: { ...(current !== undefined && { current }), ...(total !== undefined && { total }) },
      })
    progress.take({ id: 'latest', status: 'Pulling from itzg/minecraft-server' })
    take('old', 'Already exists')
    take('big', 'Pulling fs layer')
    take('small', 'Pulling fs layer')
    take('big', 'Downloading', 30, 100)
    expect(progress.current()).toMatchObject({ current: 30, total: 100 })
    take('small', 'Extracting', 5, 20)
    take('small', 'Pull complete')
    take('big', 'Verifying Checksum')
    take('big', 'Download complete')
    expect(progress.current()).toMatchObject({ current: 120, total: 120 })
    take('big', 'Extracting', 10, 100)
    progress.take({ status: 'Status: Downloaded newer image' })
    expect(progress.current()).toEqual({
      current: 120,
      total: 120,
      layers: [
        { id: 'old', status: 'Already exists', current: 0, total: 0 },
        { id: 'big', status: 'Extracting', current: 100, total: 100 },
        { id: 'small', status: 'Pull complete', current: 20, total: 20 },
      ],
    })
  })

  it('passes over seconds, and stands lines of any shape', () => {
    const progress = createPullProgress()
    progress.take({ id: 'a', status: 'Downloading', progressDetail: { current: 10 } })
    progress.take({
      id: 'a',
      status: 'Extracting',
      progressDetail: { current: 900, total: 1000, units: 's' },
    })
    expect(progress.current()).toMatchObject({ current: 10, total: 10 })
    for (const odd of [null, 3, 'x', {}]) expect(progress.take(odd as never)).toBeNull()
  })

  it('finds the error inside the stream', async () => {
    const failing = streaming(
      { status: 'Pulling' },
      { errorDetail: { message: 'toomanyrequests: limit' }, error: 'x' },
    )
    await expect(pullImage(failing, 'a', () => {})).rejects.toMatchObject({
      kind: 'pull-failed',
      message: 'toomanyrequests: limit',
    })
    const full = streaming({ error: 'write /x: no space left on device' })
    await expect(pullImage(full, 'a', () => {})).rejects.toMatchObject({ kind: 'no-space' })
  })

  it('delivers the last state, however fast it came', async () => {
    const lines = Array.from({ length: 500 }, (_, at) => ({
      id: 'a',
      status: 'Downloading',
      progressDetail: { current: at + 1, total: 500 },
    }))
    const reports: number[] = []
    await pullImage(streaming(...lines), 'a', ({ current }) => reports.push(current))
    expect(reports.at(0)).toBe(1)
    expect(reports.at(-1)).toBe(500)
    expect(reports.length).toBeLessThan(10)
  })
})

it.each([
  ['itzg/minecraft-server', 'itzg/minecraft-server', 'latest'],
  ['itzg/minecraft-server:java21', 'itzg/minecraft-server', 'java21'],
  ['localhost:5000/game', 'localhost:5000/game', 'latest'],
  ['localhost:5000/game:1', 'localhost:5000/game', '1'],
  ['a/b:1@sha256:ff', 'a/b', 'sha256:ff'],
])('splits %s', (reference, fromImage, tag) => {
  expect(splitReference(reference)).toEqual({ fromImage, tag })
})

describe('throttled', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())
  it('calls at once, then once an interval, and what is owed at the end', () => {
    const call = vi.fn()
    const report = throttled(call, 200)
    for (let at = 0; at < 5; at += 1) report.call()
    expect(call).toHaveBeenCalledTimes(1)
    vi.advanceTimersByTime(200)
    expect(call).toHaveBeenCalledTimes(2)
    vi.advanceTimersByTime(1000)
    expect(call).toHaveBeenCalledTimes(2)
    report.call()
    report.call()
    report.finish()
    expect(call).toHaveBeenCalledTimes(4)
    report.finish()
    expect(call).toHaveBeenCalledTimes(4)
    expect(vi.getTimerCount()).toBe(0)
  })
})

describe('events', () => {
  const die = {
    Type: 'container',
    Action: 'die',
    Actor: { ID: 'c1', Attributes: { exitCode: '137', image: 'i', name: 'n', 'lightnode.server': 's' } },
    time: 1_700_000_000,
    timeNano: 1_700_000_000_123 * 1e6,
  }
  it('are read', () => {
    expect(readEvent(die)).toEqual({
      action: 'die',
      containerId: 'c1',
      labels: { 'lightnode.server': 's' },
      exitCode: 137,
      at: 1_700_000_000_123,
    })
    expect(readEvent({ ...die, Action: 'health_status: healthy', timeNano: undefined })).toMatchObject({
      action: 'other',
      at: 1_700_000_000_000,
    })
    expect(readEvent({ ...die, Actor: { ID: 'c1' } })).toMatchObject({ labels: {}, exitCode: null })
  })
  it.each([null, 'x', {}, { Type: 'image', Action: 'pull', Actor: { ID: 'x' } }, { ...die, Actor: null }])(
    '%j is none',
    (line) => expect(readEvent(line)).toBeNull(),
  )
  it('end with a rejection when the connection does, and with a return when told', async () => {
    const seen: unknown[] = []
    const reading = (async () => {
      for await (const event of containerEvents(streaming(die, 'odd'), new AbortController().signal))
        seen.push(event)
    })()
    await expect(reading).rejects.toMatchObject({ kind: 'unreachable', message: 'the event stream ended' })
    expect(seen).toHaveLength(1)

    const controller = new AbortController()
    const endless = { stream: async (_: unknown, signal: AbortSignal) => new Readable({ read() {}, signal }) }
    const events = containerEvents(endless as unknown as EngineClient, controller.signal)
    setTimeout(() => controller.abort(), 20)
    expect(await events.next()).toEqual({ done: true, value: undefined })
  })
})
