import { randomBytes } from 'node:crypto'

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'
/** The largest multiple of the alphabet's length that a byte can hold: larger bytes are thrown away. */
const LIMIT = 256 - (256 % ALPHABET.length)

export const passwordLength = { min: 12, max: 64 } as const

/**
 * A password of A-Z a-z 0-9, uniform by rejection: 12 characters carry log2(62^12) = 71 bits.
 *
 * @param length 12 to 64 characters
 * @param random a source of random bytes
 * @throws RangeError for another length
 */
export function generateSecurePassword(length = 12, random: (size: number) => Buffer = randomBytes): string {
  if (!Number.isInteger(length) || length < passwordLength.min || length > passwordLength.max)
    throw new RangeError(
      `A password has ${passwordLength.min} to ${passwordLength.max} characters, not ${length}.`,
    )
  let password = ''
  while (password.length < length) {
    for (const byte of random(length)) {
      if (byte < LIMIT && password.length < length) password += ALPHABET[byte % ALPHABET.length]
    }
  }
  return password
}
