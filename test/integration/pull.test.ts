import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { Progress } from '../../src/shared/model.ts'
import { serverInput, startCore, type TestCore } from '../support/core.ts'
import { hasEngine } from '../support/docker.ts'
import { buildGameImage } from '../support/game-image/build.ts'
import { hasRegistry, type Registry, startRegistry } from '../support/registry.ts'

describe.skipIf(!((await hasEngine()) && hasRegistry()))('a missing image', () => {
  let registry: Registry
  let running: TestCore

  beforeAll(async () => {
    registry = await startRegistry()
  })
  afterEach(() => running.destroy())
  afterAll(() => registry.stop())

  test('is pulled from its registry, with progress in bytes per layer, and its server comes Online', async () => {
    const reference = await registry.pushImage(await buildGameImage(), { freshMegabytes: 40 })
    running = await startCore({ image: reference })
    const seen: Progress[] = []
    const ended = new AbortController()
    const listening = (async () => {
      for await (const event of running.core.events.subscribe(ended.signal)) {
        const progress = event.type === 'server' ? event.server.run?.steps[1]?.progress : null
        if (progress) seen.push(progress)
      }
    })()
    const { id } = await running.core.servers.create(serverInput(), 'test')
    const server = await running.until(id, ({ status }) => status === 'online')
    ended.abort()
    await listening

    expect(server.run?.steps[1]?.detail).toBe(reference)
    expect(seen.length).toBeGreaterThan(1)
    const last = seen.at(-1)
    expect(last?.current).toBe(last?.total)
    expect(last?.total).toBeGreaterThanOrEqual(40 * 1024 ** 2)
    expect(last?.layers.length).toBeGreaterThan(0)
    const currents = seen.map(({ current }) => current)
    expect([...currents].sort((a, b) => a - b)).toEqual(currents)
  })
})
