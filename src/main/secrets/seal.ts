import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { Secret } from './secret.ts'

/** AES-256 takes a key of 32 bytes; GCM's recommended nonce has 12 (NIST SP 800-38D). */
export const KEY_BYTES = 32
const NONCE_BYTES = 12
const TAG_BYTES = 16
const PREFIX = 'v1.'
const CIPHER = 'aes-256-gcm'

/** Seals secrets for the database with one data key. */
export interface Sealer {
  /** @param purpose bound to the result: opening it for another purpose fails */
  seal(secret: Secret, purpose: string): string
  /** @throws Error when the key is another, the purpose differs or the text was changed */
  open(sealed: string, purpose: string): Secret
}

/** @param key 32 random bytes */
export function createSealer(key: Buffer): Sealer {
  return {
    seal(secret, purpose) {
      const nonce = randomBytes(NONCE_BYTES)
      const cipher = createCipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES }).setAAD(
        Buffer.from(purpose),
      )
      const body = Buffer.concat([cipher.update(secret.reveal(), 'utf8'), cipher.final()])
      return PREFIX + Buffer.concat([nonce, cipher.getAuthTag(), body]).toString('base64')
    },

    open(sealed, purpose) {
      const bytes = Buffer.from(sealed.slice(PREFIX.length), 'base64')
      // The decoder passes over what is no base64: only the one right way of writing is taken.
      if (sealed !== PREFIX + bytes.toString('base64')) throw new Error('A sealed text of an unknown form.')
      const nonce = bytes.subarray(0, NONCE_BYTES)
      const tag = bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES)
      // With its length given, a tag that is cut short (and easier to guess) is refused.
      const decipher = createDecipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES })
        .setAAD(Buffer.from(purpose))
        .setAuthTag(tag)
      const body = decipher.update(bytes.subarray(NONCE_BYTES + TAG_BYTES))
      return new Secret(Buffer.concat([body, decipher.final()]).toString('utf8'))
    },
  }
}
