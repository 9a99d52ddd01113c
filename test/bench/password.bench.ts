import { randomInt } from 'node:crypto'
import { test } from 'vitest'
import { generateSecurePassword } from '../../src/main/provisioning/password.ts'

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'

test('a password of 12 characters', async ({ bench }) => {
  await bench.compare(
    bench('bytes with rejection', () => {
      generateSecurePassword()
    }),
    bench('randomInt a character', () => {
      Array.from({ length: 12 }, () => alphabet[randomInt(alphabet.length)]).join('')
    }),
  )
})
