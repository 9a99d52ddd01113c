import { describe, expect, it, vi } from 'vitest'
import { foldEvent } from '../../../src/renderer/store/fold.ts'
import { makeStore } from '../../../src/renderer/store/store.ts'
import { sync } from '../../../src/renderer/store/sync.ts'
import type { LightNodeEvent } from '../../../src/shared/model.ts'
import { fixtureClient } from '../../support/fixture/client.ts'
import { activity, engine, server } from '../../support/fixture/samples.ts'
import { states } from '../../support/fixture/states.ts'

const folded = (...events: LightNodeEvent[]) => {
  const store = makeStore()
  for (const event of events) store.setState((state) => foldEvent(state, event))
  return store.getState()
}
const one = server({ id: 's1', name: 'Harbour' })

describe('foldEvent', () => {
  it('keeps the newest value of each server', () => {
    const stopped = { ...one, status: 'stopped' as const }
    const other = server({ id: 's2', name: 'Lobby' })
    const { servers } = folded(
      { type: 'server', server: one },
      { type: 'server', server: other },
      { type: 'server', server: stopped },
    )
    expect(servers).toEqual({ s1: stopped, s2: other })
  })

  it('takes a removed server out, and leaves the others', () => {
    const other = server({ id: 's2', name: 'Lobby' })
    const removed = { type: 'removed' as const, serverId: 's1' }
    const state = folded({ type: 'server', server: one }, { type: 'server', server: other }, removed, removed)
    expect(state.servers).toEqual({ s2: other })
  })

  it('keeps activity newest first, each entry once', () => {
    const [newest, older] = activity
    const state = folded(
      { type: 'activity', activity: older! },
      { type: 'activity', activity: newest! },
      { type: 'activity', activity: older! },
    )
    expect(state.activity?.map(({ id }) => id)).toEqual([newest!.id, older!.id])
  })

  it('bounds the activity that is kept', () => {
    const many = Array.from({ length: 600 }, (_, id) => ({ ...activity[0]!, id }))
    const state = folded(...many.map((entry) => ({ type: 'activity' as const, activity: entry })))
    expect(state.activity).toHaveLength(500)
    expect(state.activity?.[0]?.id).toBe(599)
  })

  it('takes the engine, and counts changes of ports', () => {
    const ports = { type: 'ports' as const, hostId: 'local' }
    const state = folded({ type: 'engine', engine }, ports, ports, { type: 'hello' })
    expect(state.engine).toEqual(engine)
    expect(state.portsRevision).toBe(2)
  })
})

describe('sync', () => {
  it('loads everything after hello, then folds what comes', async () => {
    const store = makeStore()
    const life = new AbortController()
    const client = fixtureClient(states.online!())
    void sync(client, store, life.signal)
    await vi.waitFor(() => expect(store.getState().connection).toBe('live'))
    expect(store.getState().servers?.s1?.status).toBe('online')
    expect(store.getState().settings?.keyLocation).toBe('file')
    await client.servers.stop({ id: 's1' })
    await vi.waitFor(() => expect(store.getState().servers?.s1?.status).toBe('stopped'))
    life.abort()
  })

  it('moves a deleted server to the bin, and a restored one back', async () => {
    const store = makeStore()
    const life = new AbortController()
    const client = fixtureClient(states.online!())
    void sync(client, store, life.signal)
    await vi.waitFor(() => expect(store.getState().connection).toBe('live'))
    expect(store.getState().bin).toEqual([])
    await client.servers.remove({ id: 's1' })
    await vi.waitFor(() => expect(store.getState().bin?.map(({ name }) => name)).toEqual(['Harbour']))
    expect(store.getState().servers).toEqual({})
    await client.bin.restore({ id: 's1' })
    await vi.waitFor(() => expect(store.getState().bin).toEqual([]))
    expect(store.getState().servers?.s1?.name).toBe('Harbour')
    life.abort()
  })

  it('knows that LightNode only looks, until it is confirmed', async () => {
    const store = makeStore()
    const life = new AbortController()
    const client = fixtureClient(states['look-only']!())
    void sync(client, store, life.signal)
    await vi.waitFor(() => expect(store.getState().connection).toBe('live'))
    expect(store.getState().data?.lookOnly).not.toBeNull()
    const revision = store.getState().dataRevision
    await client.data.confirm({})
    await vi.waitFor(() => expect(store.getState().data?.lookOnly).toBeNull())
    expect(store.getState().dataRevision).toBeGreaterThan(revision)
    life.abort()
  })

  it('ends where there is no session', async () => {
    const store = makeStore()
    await sync(fixtureClient(states['signed-out']!()), store, new AbortController().signal)
    expect(store.getState().connection).toBe('signed-out')
    expect(store.getState().servers).toBeNull()
  })

  it('says that the stream is lost, and comes back', async () => {
    const store = makeStore()
    const life = new AbortController()
    const client = fixtureClient(states.online!())
    let calls = 0
    const events = {
      stream: (...input: Parameters<typeof client.events.stream>) => {
        calls += 1
        if (calls === 1) return Promise.reject(new TypeError('Failed to fetch'))
        return client.events.stream(...input)
      },
    } as typeof client.events
    const shaky = new Proxy(client, {
      get: (target, name) => (name === 'events' ? events : Reflect.get(target, name)),
    })
    void sync(shaky, store, life.signal)
    await vi.waitFor(() => expect(store.getState().connection).toBe('lost'))
    await vi.waitFor(() => expect(store.getState().connection).toBe('live'), 3000)
    life.abort()
  })
})
