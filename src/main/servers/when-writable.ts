import { setTimeout as delay } from 'node:timers/promises'
import { storageProblem } from '../database/storage.ts'

const RETRY_MS = 1000

/**
 * Writes what has to be written, as soon as the data folder takes it: what was done outside can't be undone by a
 * full disk.
 *
 * @throws what `write` throws for any other reason; the signal's reason when it ends the waiting
 */
export async function whenWritable<Result>(signal: AbortSignal, write: () => Result): Promise<Result> {
  for (;;) {
    try {
      return write()
    } catch (error) {
      if (!storageProblem(error)) throw error
      await delay(RETRY_MS, undefined, { signal })
    }
  }
}
