import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { generatePanelCredentials } from '../../../src/main/provisioning/panel.ts'
import { generateSecurePassword, passwordLength } from '../../../src/main/provisioning/password.ts'

const alphabet = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789']
const million = 1_000_000

/** Pearson's statistic of how often each character comes, against an even share. */
function chiSquare(characters: Iterable<string>): number {
  const counts = new Map<string, number>()
  let total = 0
  for (const character of characters) {
    counts.set(character, (counts.get(character) ?? 0) + 1)
    total += 1
  }
  const expected = total / alphabet.length
  return alphabet.reduce((sum, one) => sum + ((counts.get(one) ?? 0) - expected) ** 2 / expected, 0)
}

/** Of 61 degrees of freedom (mean 61): an even source exceeds it once in 26 million times (tail 3.8e-8). */
const threshold = 140

function* passwords(characters: number, random?: (size: number) => Buffer): Generator<string> {
  for (let made = 0; made < characters; made += passwordLength.max)
    yield* generateSecurePassword(passwordLength.max, random)
}

/** Even bytes, the same every time: a full-period generator modulo 2^32 (Numerical Recipes), its high byte. */
function evenBytes(): (size: number) => Buffer {
  let seed = 1
  return (size) =>
    Buffer.from(
      Array.from({ length: size }, () => {
        seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0
        return seed >>> 24
      }),
    )
}

describe('generateSecurePassword', () => {
  test('has 12 characters unless told otherwise', () => {
    expect(generateSecurePassword()).toMatch(/^[A-Za-z0-9]{12}$/)
  })

  test('has exactly the asked length, of the alphabet alone', () => {
    fc.assert(
      fc.property(fc.integer({ min: 12, max: 64 }), (length) => {
        const password = generateSecurePassword(length)
        expect(password).toHaveLength(length)
        expect(password).toMatch(/^[A-Za-z0-9]+$/)
      }),
    )
  })

  test.each([11, 65, 0, -12, 12.5, Number.NaN, Number.POSITIVE_INFINITY, '12' as unknown as number])(
    'refuses a length of %s',
    (length) => {
      expect(() => generateSecurePassword(length)).toThrow(RangeError)
      expect(() => generateSecurePassword(length)).toThrow(/12 to 64 characters/)
    },
  )

  test('spreads a million characters evenly', () => {
    expect(chiSquare(passwords(million))).toBeLessThan(threshold)
  })

  test('the statistic would catch a remainder without rejection', () => {
    const source = evenBytes()
    const remainders = Array.from(source(million), (byte) => alphabet[byte % alphabet.length] as string)
    // 256 = 4 * 62 + 8: the first eight characters come five times for four of the others.
    expect(chiSquare(remainders)).toBeGreaterThan(10 * threshold)
    expect(chiSquare(passwords(million, evenBytes()))).toBeLessThan(threshold)
  })

  test('gives every character exactly four of the 256 bytes, and none to those from 248 on', () => {
    let next = 0
    const every = (size: number) => Buffer.from(Array.from({ length: size }, () => next++ % 256))
    // 32 passwords of 62 characters use 8 whole rounds of all bytes.
    const text = Array.from({ length: 32 }, () => generateSecurePassword(62, every)).join('')
    const counts = alphabet.map((one) => text.split(one).length - 1)
    expect(new Set(counts).size).toBe(1)
  })

  test('asks again instead of using a byte that would favour some characters', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 248, max: 255 }), { minLength: 1, maxLength: 200 }),
        (unusable) => {
          // Nothing but unusable bytes at first, then zeros, which are all 'A'.
          const source = [...unusable]
          const random = (size: number) =>
            Buffer.from(Array.from({ length: size }, () => source.shift() ?? 0))
          expect(generateSecurePassword(12, random)).toBe('A'.repeat(12))
        },
      ),
    )
  })

  test('is never the same twice', () => {
    expect(new Set(Array.from({ length: 10_000 }, () => generateSecurePassword())).size).toBe(10_000)
  })
})

describe('generatePanelCredentials', () => {
  test('makes a user name that ends in the id and a password of its own', () => {
    const first = generatePanelCredentials({ id: 'abc123def456', name: 'Größe & Co' })
    const second = generatePanelCredentials({ id: 'abc123def456', name: 'Größe & Co' })
    expect(first.username).toBe('gro-e-co-abc123def456')
    expect(first.password.reveal()).toMatch(/^[A-Za-z0-9]{16}$/)
    expect(first.password.reveal()).not.toBe(second.password.reveal())
  })
})
