import { randomBytes } from 'node:crypto'
import Docker from 'dockerode'
import { describe, expect, it } from 'vitest'
import { openClient } from '../../src/main/engine/client.ts'
import { pullImage } from '../../src/main/engine/images.ts'
import type { Progress } from '../../src/shared/model.ts'
import { engineUnavailable, socketPath, until, useEngine } from './engine-kit.ts'
import { startSlowRegistry } from './engine-registry.ts'

const unavailable = await engineUnavailable()
if (unavailable !== null) console.warn(`skipped: engine pull (${unavailable})`)

describe.skipIf(unavailable !== null)('pulling on a real engine', () => {
  const kit = useEngine()
  const layers = (sizes: number[]) =>
    sizes.map((size, at) => ({ file: `file-${at}`, bytes: randomBytes(size) }))

  it('reports bytes layer by layer, and the end', async () => {
    const registry = await startSlowRegistry(layers([3e6, 2e6, 100]), { pauseMs: 20 })
    const reference = `${registry.address}/game:1`
    try {
      const reports: Progress[] = []
      const started = Date.now()
      await kit.engine.pullImage(reference, (progress) => reports.push(progress))
      const seconds = (Date.now() - started) / 1000
      expect(await kit.engine.hasImage(reference)).toBe(true)
      expect(reports.length).toBeGreaterThan(2)
      expect(reports.length).toBeLessThanOrEqual(seconds * 5 + 2)
      const currents = reports.map(({ current }) => current)
      expect(currents).toEqual([...currents].sort((a, b) => a - b))
      const partly = reports.filter(({ current, total }) => current > 0 && current < total)
      expect(partly.length).toBeGreaterThan(0)
      const last = reports.at(-1)!
      expect(last.layers).toHaveLength(3)
      expect(last.layers.map(({ status }) => status)).toEqual(Array(3).fill('Pull complete'))
      expect(last.current).toBe(last.total)
      expect(last.total).toBeGreaterThan(4.9e6)

      reports.length = 0
      await kit.engine.pullImage(reference, (progress) => reports.push(progress))
      for (const report of reports) expect(report.current).toBe(report.total)
    } finally {
      await new Docker({ socketPath })
        .getImage(reference)
        .remove({ force: true })
        .catch(() => {})
      await registry.close()
    }
  })

  it('says what the registry said', async () => {
    const registry = await startSlowRegistry(layers([100]))
    const missing = kit.engine.pullImage(`${registry.address}/game:none`, () => {})
    await expect(missing).rejects.toMatchObject({
      kind: 'pull-failed',
      message: expect.stringMatching(/manifest .*(unknown|not found)/i),
    })
    await registry.close()
    const gone = kit.engine.pullImage(`${registry.address}/game:1`, () => {})
    await expect(gone).rejects.toMatchObject({
      kind: 'pull-failed',
      message: expect.stringMatching(/connection refused/),
    })
  })

  it('gives up a pull that stands still, and one that is cancelled', async () => {
    const registry = await startSlowRegistry(layers([2e6]), { stallAfter: 1e6 })
    const reference = `${registry.address}/game:1`
    try {
      const client = await openClient({ source: 'test', endpoint: kit.engine.endpoint, explicit: true })
      await expect(pullImage(client, reference, () => {}, { stallMs: 1500 })).rejects.toMatchObject({
        kind: 'pull-failed',
        message: 'no progress for 1.5 s',
      })
      const controller = new AbortController()
      const before = registry.sent()
      const cancelled = kit.engine.pullImage(reference, () => {}, controller.signal)
      const expected = expect(cancelled).rejects.toMatchObject({ kind: 'pull-failed' })
      await until('some bytes', () => registry.sent() > before)
      controller.abort()
      await expected
      expect(await kit.engine.hasImage(reference)).toBe(false)
    } finally {
      await registry.close()
    }
  })
})
