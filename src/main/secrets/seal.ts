import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { Secret } from './secret.ts'

/** AES-256 takes a key of 32 bytes; GCM's recommended nonce has 12 (NIST SP 800-38D). */
export const KEY_BYTES = 32
const NONCE_BYTES = 12
const TAG_BYTES = 16
const PREFIX = 'v1.'

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
      const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(purpose))
      const body = Buffer.concat([cipher.update(secret.reveal(), 'utf8'), cipher.final()])
      return PREFIX + Buffer.concat([nonce, cipher.getAuthTag(), body]).toString('base64')
    },

    open(sealed, purpose) {
      if (!sealed.startsWith(PREFIX)) throw new Error('A sealed text of an unknown form.')
      const bytes = Buffer.from(sealed.slice(PREFIX.length), 'base64')
      const nonce = bytes.subarray(0, NONCE_BYTES)
      const tag = bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES)
      const decipher = createDecipheriv('aes-256-gcm', key, nonce)
        .setAAD(Buffer.from(purpose))
        .setAuthTag(tag)
      const body = decipher.update(bytes.subarray(NONCE_BYTES + TAG_BYTES))
      return new Secret(Buffer.concat([body, decipher.final()]).toString('utf8'))
    },
  }
}
