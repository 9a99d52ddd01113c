import { setTimeout as delay } from 'node:timers/promises'
import { LightNodeError } from '../../shared/errors.ts'

/** How long a restore waits for what is under way, in milliseconds; what takes longer refuses it. */
const DRAIN_MS = 30_000

/** Through here goes all that changes something: not while LightNode only looks, nor while a copy comes back. */
export interface Gate {
  /** @throws LightNodeError LOOK_ONLY, BUSY */
  act<Result>(work: () => Promise<Result>): Promise<Result>
  /**
   * Does the work alone: what comes meanwhile is refused.
   *
   * @param quiet ends what would take long; called before what is under way is waited for
   * @throws LightNodeError BUSY
   */
  alone<Result>(quiet: () => Promise<void>, work: () => Promise<Result>): Promise<Result>
}

/** @param isLookOnly asked each time */
export function createGate(isLookOnly: () => boolean, drainMs = DRAIN_MS): Gate {
  const underWay = new Set<Promise<unknown>>()
  let closed = false

  async function drained(): Promise<void> {
    const stopped = new AbortController()
    const late = delay(drainMs, 'late', { signal: stopped.signal }).catch(() => 'done')
    const done = Promise.allSettled(underWay).then(() => 'done')
    const outcome = await Promise.race([late, done])
    stopped.abort()
    if (outcome === 'late')
      throw new LightNodeError('BUSY', 'Something else is being done, and takes long.', {
        remedy: 'Nothing was restored. Wait until it is done and try again.',
      })
  }

  return {
    async act(work) {
      if (closed) throw new LightNodeError('BUSY', 'A copy of the database is being restored.')
      if (isLookOnly()) throw new LightNodeError('LOOK_ONLY')
      const doing = work()
      underWay.add(doing)
      try {
        return await doing
      } finally {
        underWay.delete(doing)
      }
    },

    async alone(quiet, work) {
      if (closed) throw new LightNodeError('BUSY', 'A copy of the database is being restored.')
      closed = true
      try {
        await quiet()
        await drained()
        return await work()
      } finally {
        closed = false
      }
    },
  }
}
