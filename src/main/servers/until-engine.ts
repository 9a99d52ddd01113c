import { setTimeout as delay } from 'node:timers/promises'
import type { Engine } from '../engine/types.ts'
import type { EngineBinding } from './engine-binding.ts'
import { isEngineAway } from './engine-error.ts'
import type { Task } from './tasks.ts'

/** Tries at an engine that is there, and goes away every time. */
const TRIES = 5
/** Between two of them. */
const RETRY_MS = 1000

/**
 * Does the work as soon as there is an engine, and again when it went away in the middle. Can be given up.
 *
 * @throws what the work throws; the signal's reason
 */
export async function untilEngine<P, T>(
  binding: EngineBinding,
  task: Task<P>,
  work: (engine: Engine) => Promise<T>,
): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    task.signal.throwIfAborted()
    if (!binding.usable()) {
      const { problem } = await binding.status()
      task.step(`Waiting for Docker: ${problem?.message ?? 'it does not answer'}`, { cancellable: true })
      await binding.whenUsable(task.signal)
    }
    try {
      return await work(binding.engine())
    } catch (error) {
      task.signal.throwIfAborted()
      if (!isEngineAway(error) || tries >= TRIES) throw error
      await delay(RETRY_MS, undefined, { signal: task.signal })
    }
  }
}
