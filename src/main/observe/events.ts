import { EventEmitter, on } from 'node:events'
import type { LightNodeEvent } from '../../shared/model.ts'

/** Carries what happened from the core to whoever listens; the core knows no door. */
export interface EventHub {
  publish(event: LightNodeEvent): void
  /** Ends what everyone listens to: they begin anew, as after a lost connection. */
  restart(): void
  /**
   * Every event from now on, until the signal says so, or until the listener is so far behind that it is cheaper
   * for it to begin anew: what waits for one that stalls has a bound.
   */
  subscribe(signal: AbortSignal): AsyncGenerator<LightNodeEvent, void>
}

/** Events; a few megabytes at most. */
const MOST_WAITING = 1000

export function createEventHub(): EventHub {
  const emitter = new EventEmitter()
  // One listener per open window or page; there is no leak to warn of.
  emitter.setMaxListeners(0)

  return {
    publish: (event) => void emitter.emit('event', event),
    restart: () => void emitter.emit('restart'),

    subscribe(signal) {
      const ended = new AbortController()
      let waiting = 0
      const count = () => {
        waiting += 1
        if (waiting > MOST_WAITING) ended.abort()
      }
      // Listens from the call on, not from the first read: nothing falls between.
      const source = on(emitter, 'event', { signal: ended.signal })
      emitter.on('event', count)
      const end = () => ended.abort()
      emitter.on('restart', end)
      const leave = () => {
        emitter.off('event', count)
        emitter.off('restart', end)
      }
      ended.signal.addEventListener('abort', leave, { once: true })
      if (signal.aborted) end()
      else signal.addEventListener('abort', end, { once: true })

      return (async function* () {
        try {
          for await (const [event] of source) {
            waiting -= 1
            yield event as LightNodeEvent
          }
        } catch (error) {
          if (!ended.signal.aborted) throw error
        } finally {
          signal.removeEventListener('abort', end)
          end()
        }
      })()
    },
  }
}
