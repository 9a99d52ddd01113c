import { expect, test } from 'vitest'
import { createEventHub } from '../../../src/main/observe/events.ts'
import type { LightNodeEvent } from '../../../src/shared/model.ts'

const event: LightNodeEvent = { type: 'settings' }

async function readAll(source: AsyncGenerator<LightNodeEvent, void>): Promise<number> {
  let count = 0
  for await (const _ of source) count += 1
  return count
}

test('nothing is missed between the call and the first read', async () => {
  const hub = createEventHub()
  const life = new AbortController()
  const source = hub.subscribe(life.signal)
  for (let n = 0; n < 900; n++) hub.publish(event)
  for (let n = 0; n < 900; n++) expect((await source.next()).value).toEqual(event)
  for (let n = 0; n < 900; n++) hub.publish(event)
  life.abort()
  expect(await readAll(source)).toBe(900)
})

test('a listener that stalls is let go of instead of filling the memory', async () => {
  const hub = createEventHub()
  const source = hub.subscribe(new AbortController().signal)
  for (let n = 0; n < 100_000; n++) hub.publish(event)
  const kept = await readAll(source)
  expect(kept).toBeGreaterThanOrEqual(1000)
  expect(kept).toBeLessThan(1100)
})

test('a subscription that was over before it began ends by itself', async () => {
  expect(await readAll(createEventHub().subscribe(AbortSignal.abort()))).toBe(0)
})
