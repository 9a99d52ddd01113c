import { EventEmitter, on } from 'node:events'
import type { LightNodeEvent } from '../../shared/model.ts'

/** Carries what happened from the core to whoever listens; the core knows no door. */
export interface EventHub {
  publish(event: LightNodeEvent): void
  /** Every event from now on, until the signal says so. */
  subscribe(signal: AbortSignal): AsyncGenerator<LightNodeEvent, void>
}

export function createEventHub(): EventHub {
  const emitter = new EventEmitter()
  // One listener per open window or page; there is no leak to warn of.
  emitter.setMaxListeners(0)

  return {
    publish: (event) => void emitter.emit('event', event),

    subscribe(signal) {
      // Listens from the call on, not from the first read: nothing falls between.
      const source = on(emitter, 'event', { signal })
      return (async function* () {
        try {
          for await (const [event] of source) yield event as LightNodeEvent
        } catch (error) {
          if (!signal.aborted) throw error
        }
      })()
    },
  }
}
