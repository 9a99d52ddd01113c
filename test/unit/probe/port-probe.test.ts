import { expect, test, vi } from 'vitest'
import type { ContainerSummary } from '../../../src/main/engine/types.ts'
import type { BindRefusal } from '../../../src/main/provisioning/bind-check.ts'
import type { Listener } from '../../../src/main/provisioning/listeners/types.ts'
import { createPortProbe } from '../../../src/main/provisioning/port-probe.ts'

const container = (name: string, running: boolean, ...hostPorts: number[]): ContainerSummary => ({
  id: `id-${name}`,
  name,
  running,
  labels: {},
  image: 'i',
  hostPorts,
})
const listener = (port: number, more: Partial<Listener> = {}): Listener => ({
  protocol: 'tcp',
  address: '0.0.0.0',
  port,
  pid: null,
  name: null,
  ...more,
})

function probeOf(table: Listener[], owners: Listener[] = table, refusal: BindRefusal | null = null) {
  const deps = {
    readListeners: vi.fn(async () => table),
    resolveOwners: vi.fn(async () => owners),
    bindCheck: vi.fn(async () => refusal),
  }
  return { ...deps, probe: createPortProbe(deps) }
}

test('a container comes before the listener table, and a running one before a stopped one', async () => {
  const { probe, bindCheck } = probeOf([listener(25570, { pid: 9, name: 'docker-proxy' })])
  const looked = await probe.snapshot([container('old', false, 25570), container('new', true, 25570, 25571)])
  expect(await probe.check(25570, looked)).toEqual({
    kind: 'container',
    name: 'new',
    id: 'id-new',
    running: true,
  })
  const turned = await probe.snapshot([container('new', true, 25570), container('old', false, 25570, 25572)])
  expect(await probe.check(25570, turned)).toMatchObject({ name: 'new' })
  expect(await probe.check(25572, turned)).toMatchObject({ name: 'old', running: false })
  expect(bindCheck).not.toHaveBeenCalled()
})

test('owners are looked for once per snapshot, and only when a port is held', async () => {
  const held = [listener(25565), listener(25566, { address: '::1' })]
  const named = held.map((one, index) => ({ ...one, pid: 100 + index, name: 'nginx' }))
  const { probe, resolveOwners, readListeners, bindCheck } = probeOf(held, named)
  const looked = await probe.snapshot([])
  expect(await probe.check(25567, looked)).toBeNull()
  expect(resolveOwners).not.toHaveBeenCalled()
  const both = await Promise.all([probe.check(25565, looked), probe.check(25566, looked)])
  expect(both).toEqual([
    { kind: 'process', name: 'nginx', pid: 100, protocol: 'tcp', address: '0.0.0.0' },
    { kind: 'process', name: 'nginx', pid: 101, protocol: 'tcp', address: '::1' },
  ])
  expect(resolveOwners).toHaveBeenCalledTimes(1)
  expect(readListeners).toHaveBeenCalledTimes(1)
  expect(bindCheck).toHaveBeenCalledTimes(1)
})

test('the most telling of several listeners is named; one without a name is still reported', async () => {
  const table = [
    listener(1025),
    listener(1025, { protocol: 'udp', pid: 7 }),
    listener(1025, { pid: 8, name: 'a' }),
  ]
  const { probe } = probeOf([...table, listener(1026, { address: '127.0.0.1' })])
  const looked = await probe.snapshot([])
  expect(await probe.check(1025, looked)).toMatchObject({ pid: 8, name: 'a' })
  expect(await probe.check(1026, looked)).toEqual({
    kind: 'process',
    name: null,
    pid: null,
    protocol: 'tcp',
    address: '127.0.0.1',
  })
})

test('a refused bind without an entry in the table', async () => {
  const refusal = { protocol: 'udp', address: '::1', code: 'EADDRINUSE' } as const
  const inUse = probeOf([], [], refusal)
  expect(await inUse.probe.check(25565, await inUse.probe.snapshot([]))).toEqual({
    kind: 'process',
    name: null,
    pid: null,
    protocol: 'udp',
    address: '::1',
  })
  for (const code of ['EACCES', 'EPERM']) {
    const denied = probeOf([], [], { ...refusal, code })
    const holder = await denied.probe.check(25565, await denied.probe.snapshot([]))
    expect(holder).toEqual({ kind: 'system', reason: 'this user may not use the port' })
  }
})

test('two checks of one port at once share one bind', async () => {
  const { probe, bindCheck } = probeOf([])
  const looked = await probe.snapshot([])
  await Promise.all([probe.check(25565, looked), probe.check(25565, looked), probe.check(25566, looked)])
  expect(bindCheck).toHaveBeenCalledTimes(2)
  await probe.check(25565, looked)
  expect(bindCheck).toHaveBeenCalledTimes(3)
})
