import type { Client } from '../client.ts'
import { problemOf } from '../problem.ts'
import { foldEvent } from './fold.ts'
import type { Store } from './store.ts'

const firstDelay = 500
const longestDelay = 10_000

async function loadSettings(client: Client, store: Store): Promise<void> {
  const [settings, regions] = await Promise.all([client.settings.get({}), client.regions.list({})])
  store.setState({ settings, regions })
}

async function loadBin(client: Client, store: Store): Promise<void> {
  store.getState().setBin(await client.bin.list({}))
}

async function loadData(client: Client, store: Store): Promise<void> {
  store.getState().setData(await client.data.state({}))
}

async function loadAll(client: Client, store: Store): Promise<void> {
  const [app, engine, servers, activity] = await Promise.all([
    client.app.info({}),
    client.engine.status({}),
    client.servers.list({}),
    client.activity.list({ limit: 200 }),
    loadSettings(client, store),
    loadBin(client, store),
    loadData(client, store),
  ])
  const state = store.getState()
  state.setApp(app)
  state.setEngine(engine)
  state.setServers(servers)
  state.setActivity(activity)
  store.setState({
    connection: 'live',
    portsRevision: state.portsRevision + 1,
    worldsRevision: state.worldsRevision + 1,
    foundRevision: state.foundRevision + 1,
    dataRevision: state.dataRevision + 1,
  })
}

/** One life of the event stream. Events wait in it while everything is loaded, so none is lost. */
async function follow(client: Client, store: Store, signal: AbortSignal): Promise<void> {
  const stream = await client.events.stream({}, { signal })
  await stream.next()
  await loadAll(client, store)
  for await (const event of stream) {
    if (signal.aborted) return
    store.setState((state) => foldEvent(state, event))
    if (event.type === 'settings') await loadSettings(client, store)
    if (event.type === 'bin') await loadBin(client, store)
    if (event.type === 'data') await loadData(client, store)
  }
}

const pause = (milliseconds: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds)
    signal.addEventListener('abort', () => {
      clearTimeout(timer)
      resolve()
    })
  })

/**
 * Keeps the store equal to what the core says until the signal ends it: a lost stream is opened again, at
 * growing intervals, and everything is loaded anew. Ends by itself where there is no session.
 */
export async function sync(client: Client, store: Store, signal: AbortSignal): Promise<void> {
  let delay = firstDelay
  while (!signal.aborted) {
    try {
      await follow(client, store, signal)
    } catch (error) {
      if (signal.aborted) return
      if (problemOf(error).code === 'UNAUTHORIZED') return store.getState().setConnection('signed-out')
    }
    if (signal.aborted) return
    if (store.getState().connection === 'live') delay = firstDelay
    store.getState().setConnection('lost')
    await pause(delay, signal)
    delay = Math.min(delay * 2, longestDelay)
  }
}
