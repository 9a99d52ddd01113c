import { setTimeout as delay } from 'node:timers/promises'
import { type ContainerState, type Engine, EngineError } from '../engine/types.ts'
import { isEngineAway } from './engine-error.ts'

/** A day: the engine never kills a game that still saves; only a person does. */
const NEVER_KILLS_SECONDS = 86_400
/** An answer can get lost on its way; what is so is looked at as well. */
const LOOK_MS = 1000
/** When a game that was still starting is told once more, each after the one before. */
const AGAIN_MS = [3000, 10_000, 20_000]

export function isAlive({ status }: ContainerState): boolean {
  return status === 'running' || status === 'restarting' || status === 'paused'
}

/**
 * Tells a container to stop and waits until it has stopped, however long that takes.
 *
 * @param isThere whether the engine can be used at all
 * @param starting the first process of a container that has just begun may not hear a signal at all: it is told again
 * @param killAfterSeconds left out: the engine never kills it
 * @throws EngineError; the signal's reason
 */
export async function untilStopped(
  engine: Engine,
  containerId: string,
  isThere: () => boolean,
  signal: AbortSignal,
  starting: boolean,
  killAfterSeconds = NEVER_KILLS_SECONDS,
): Promise<void> {
  const over = new AbortController()
  const end = () => over.abort(signal.reason)
  signal.addEventListener('abort', end)
  try {
    signal.throwIfAborted()
    const stop = () => engine.stopContainer(containerId, killAfterSeconds, over.signal)
    if (starting) tellAgain(stop, over.signal).catch(() => {})
    await Promise.race([stop(), seenStopped(engine, containerId, isThere, over.signal)])
  } catch (error) {
    signal.throwIfAborted()
    // Removed in the meantime: nothing of it runs any more.
    if (error instanceof EngineError && error.kind === 'not-found') return
    throw error
  } finally {
    signal.removeEventListener('abort', end)
    over.abort()
  }
}

/** It ends as soon as the stop does, whatever came of it; the first telling has the errors. */
async function tellAgain(stop: () => Promise<void>, signal: AbortSignal): Promise<void> {
  for (const ms of AGAIN_MS) {
    await delay(ms, undefined, { signal })
    stop().catch(() => {})
  }
}

async function seenStopped(
  engine: Engine,
  containerId: string,
  isThere: () => boolean,
  signal: AbortSignal,
): Promise<void> {
  for (;;) {
    await delay(LOOK_MS, undefined, { signal })
    try {
      const state = await engine.inspectContainer(containerId)
      if (!state || !isAlive(state)) return
    } catch (error) {
      // One lost answer is none; the stop itself may still be answered.
      if (isEngineAway(error) && !isThere()) throw error
    }
  }
}
