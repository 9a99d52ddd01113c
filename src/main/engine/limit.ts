import { toEngineError } from './errors.ts'
import { EngineError } from './types.ts'

/** Milliseconds that an ordinary call may take. */
export const callLimit = 15_000
/** Milliseconds that create and start may take: a slow disk, a long list of firewall rules. */
export const slowCallLimit = 60_000

/**
 * Runs one call to the engine against the clock.
 *
 * @param what the call's name, for the error
 * @param ms after how many milliseconds it is given up
 * @param call is handed a signal that ends its connection when the time is over
 * @param outer ends it early, too
 * @throws EngineError `timeout`, or what the call's own error comes to
 */
export async function limited<T>(
  what: string,
  ms: number,
  call: (signal: AbortSignal) => Promise<T>,
  outer?: AbortSignal,
): Promise<T> {
  const controller = new AbortController()
  let timer: NodeJS.Timeout | undefined
  let cancel = () => {}
  // Beside the signal a race: a connection that is lost in the middle of an answer may never call back.
  const late = new Promise<never>((_, reject) => {
    const giveUp = (message: string) => {
      reject(new EngineError('timeout', message))
      controller.abort()
    }
    timer = setTimeout(() => giveUp(`${what}: no answer within ${ms / 1000} s`), ms)
    cancel = () => giveUp(`${what}: cancelled`)
    if (outer?.aborted) cancel()
    else outer?.addEventListener('abort', cancel, { once: true })
  })
  try {
    return await Promise.race([late, call(controller.signal)])
  } catch (error) {
    throw toEngineError(error)
  } finally {
    clearTimeout(timer)
    outer?.removeEventListener('abort', cancel)
  }
}
