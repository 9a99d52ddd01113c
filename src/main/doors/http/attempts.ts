import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible'
import { tooManyAttempts } from './http-error.ts'

const ATTEMPTS = 10
const SECONDS = 60

export interface Attempts {
  /** Counts one attempt of this address. @throws HttpError 429 beyond ten in a minute */
  count(address: string): Promise<void>
}

/** Slows down guessing: ten attempts per minute and address; what counts as one is the caller's. */
export function limitAttempts(): Attempts {
  const limiter = new RateLimiterMemory({ points: ATTEMPTS, duration: SECONDS })
  return {
    async count(address) {
      try {
        await limiter.consume(address)
      } catch (refusal) {
        if (!(refusal instanceof RateLimiterRes)) throw refusal
        throw tooManyAttempts(Math.max(1, Math.ceil(refusal.msBeforeNext / 1000)))
      }
    },
  }
}
