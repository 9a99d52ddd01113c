import type { DockerEngine } from './docker-engine.ts'
import { outcomeOf } from './errors.ts'
import { pause } from './pause.ts'
import type { Discovery, Engine, EngineEvent, EngineWatch } from './types.ts'

type Current = EngineWatch['current']

export interface WatchOptions {
  /** One search for an engine; the signal ends it early. */
  discover: (signal: AbortSignal) => Promise<Discovery>
  /** Milliseconds between two searches while there is none; 3 s. */
  intervalMs?: number
  /** Milliseconds between two pings of the one in use; 5 s. */
  pingMs?: number
  /** Told what a listener or the search threw: a bug, but no reason to stop watching. */
  onError?: (error: unknown) => void
}

/**
 * Watches for an engine. While there is none it searches every 3 s; one that is there is pinged every 5 s, and
 * its events are passed on. Two failed pings in a row, or the end of its event stream, mean that it is gone:
 * `current` turns to `searching`, and the search begins again.
 */
export function watchEngine(options: WatchOptions): EngineWatch {
  const { intervalMs = 3_000, pingMs = 5_000, onError = () => {} } = options
  const changeListeners = new Set<() => void>()
  const eventListeners = new Set<(event: EngineEvent) => void>()
  const stopping = new AbortController()
  let current: Current = { state: 'searching' }
  let running: Promise<void> | null = null
  /** Ends the wait between two searches. */
  let nap = new AbortController()
  let waiting: (() => void)[] = []
  let used: { since: number; end: AbortController; over: Promise<void> } | null = null

  const tell = <T extends unknown[]>(listeners: Set<(...args: T) => void>, ...args: T) => {
    for (const listener of [...listeners]) {
      try {
        listener(...args)
      } catch (error) {
        onError(error)
      }
    }
  }

  const become = (next: Current) => {
    const changed = fingerprint(next) !== fingerprint(current)
    if (changed) current = next
    if (changed) tell(changeListeners)
  }

  const search = async () => {
    const found = await options.discover(stopping.signal).catch((error: unknown): Discovery => {
      if (!stopping.signal.aborted) onError(error)
      const tried = [{ source: 'search', endpoint: '', outcome: outcomeOf(error) }]
      return { state: 'missing', source: null, endpoint: null, tried }
    })
    if (stopping.signal.aborted) return
    const same = used !== null && fingerprint(found) === fingerprint(current)
    if (same) return
    await release()
    // Before anyone is told: what happens while they look must not be missed.
    if (found.state === 'available') used = use(found.engine)
    become(found)
  }

  const use = (engine: Engine) => {
    const end = new AbortController()
    const over = Promise.race([followEvents(engine, end.signal), keepAsking(engine, end.signal)]).finally(
      () => {
        end.abort()
      },
    )
    return { since: Date.now(), end, over }
  }

  const followEvents = async (engine: Engine, signal: AbortSignal) => {
    try {
      for await (const event of engine.events(signal)) tell(eventListeners, event)
    } catch {
      // The connection is lost: the engine is looked for anew.
    }
  }

  const keepAsking = async (engine: Engine, signal: AbortSignal) => {
    for (let failures = 0; failures < 2; ) {
      await pause(pingMs, signal)
      if (signal.aborted) return
      failures = (await answers(engine)) ? 0 : failures + 1
    }
  }

  const release = async () => {
    used?.end.abort()
    await used?.over
    used = null
  }

  const run = async () => {
    while (!stopping.signal.aborted) {
      const answered = waiting
      waiting = []
      nap = new AbortController()
      await search()
      for (const resolve of answered) resolve()
      const rest = nap.signal
      if (stopping.signal.aborted) break
      if (used === null) {
        await pause(intervalMs, rest)
        continue
      }
      const { over, since } = used
      await Promise.race([over, pause(Number.POSITIVE_INFINITY, rest)])
      if (rest.aborted) continue
      await release()
      become({ state: 'searching' })
      // One that is lost as soon as it is found is not hammered.
      if (Date.now() - since < intervalMs) await pause(intervalMs, rest)
    }
    await release()
    for (const resolve of waiting) resolve()
  }

  const refresh = (): Promise<void> => {
    if (running === null || stopping.signal.aborted) return Promise.resolve()
    return new Promise((resolve) => {
      waiting.push(resolve)
      nap.abort()
    })
  }

  return {
    get current() {
      return current
    },
    onChange: (listener) => subscribe(changeListeners, listener),
    onEvent: (listener) => subscribe(eventListeners, listener),
    start: () => {
      if (running !== null) return refresh()
      const first = new Promise<void>((resolve) => waiting.push(resolve))
      running = run()
      return first
    },
    refresh,
    stop: async () => {
      stopping.abort()
      nap.abort()
      await running
    },
  }
}

function subscribe<T>(listeners: Set<T>, listener: T): () => void {
  listeners.add(listener)
  return () => {
    listeners.delete(listener)
  }
}

/** A fresh connection to the same engine is the same discovery. */
function fingerprint(found: Current): string {
  return JSON.stringify({ ...found, engine: 'engine' in found ? found.engine.endpoint : null })
}

async function answers(engine: Engine & Partial<Pick<DockerEngine, 'ping'>>): Promise<boolean> {
  return (engine.ping?.() ?? engine.info()).then(
    () => true,
    () => false,
  )
}
