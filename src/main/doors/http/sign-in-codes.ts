import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'

/** Ten minutes, in milliseconds. */
const CODE_LIFETIME = 10 * 60 * 1000
/** The oldest code gives way to the next one beyond this many. */
const MOST_CODES = 100

export interface SignInCodes {
  /** A fresh code: 128 bits, base64url, good for ten minutes and for one use. */
  create(): string
  /** True once for each code, while it is good. */
  redeem(code: string): boolean
}

/** One-time codes for signing in; the memory holds their hashes only, and they end with the process. */
export function createSignInCodes(now: () => number): SignInCodes {
  let codes: { hash: Buffer; expiresAt: number }[] = []

  return {
    create() {
      const code = randomBytes(16).toString('base64url')
      codes = [...codes.slice(1 - MOST_CODES), { hash: sha256(code), expiresAt: now() + CODE_LIFETIME }]
      return code
    },
    redeem(code) {
      codes = codes.filter(({ expiresAt }) => expiresAt > now())
      const hash = sha256(code)
      const matches = codes.filter((entry) => timingSafeEqual(entry.hash, hash))
      codes = codes.filter((entry) => !matches.includes(entry))
      return matches.length > 0
    },
  }
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
