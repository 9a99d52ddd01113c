import { afterEach, expect, test } from 'vitest'
import { LightNodeError } from '../../src/shared/errors.ts'
import { noEngine, serverInput, startCore, type TestCore } from '../support/core.ts'

let running: TestCore

afterEach(() => running.destroy())

test('436 servers are reserved, the 437th is told that the pool is exhausted and by what', async () => {
  running = await startCore({ watch: noEngine() })
  const { servers, ports } = running.core
  const free = (await ports.check('local', 'game')).counts.free
  const created = await Promise.all(Array.from({ length: free }, () => servers.create(serverInput(), 'test')))
  expect(new Set(created.map(({ port }) => port)).size).toBe(free)
  expect(new Set(created.map(({ rconPort }) => rconPort)).size).toBe(free)

  const refusal = await servers.create(serverInput(), 'test').catch((error: unknown) => error)
  expect(refusal).toBeInstanceOf(LightNodeError)
  expect(refusal).toMatchObject({ code: 'POOL_EXHAUSTED' })
  expect(String(refusal)).toContain(
    `All 436 game ports (25565-26000) of host local are in use: ${free} by servers`,
  )
  expect(running.core.servers.list()).toHaveLength(free)
})

test('200 requests at once get 200 different ports, in order, and credentials of their own', async () => {
  running = await startCore({ watch: noEngine() })
  const created = await Promise.all(
    Array.from({ length: 200 }, () => running.core.servers.create(serverInput(), 'test')),
  )
  const ports = created.map(({ port }) => port)
  expect(new Set(ports).size).toBe(200)
  expect([...ports].sort((a, b) => a - b)).toEqual(ports)
  expect(new Set(created.map(({ rconPassword }) => rconPassword)).size).toBe(200)
  expect(new Set(created.map(({ panel }) => panel.username)).size).toBe(200)
  expect(running.core.servers.list().every(({ status }) => status === 'waiting')).toBe(true)
})
