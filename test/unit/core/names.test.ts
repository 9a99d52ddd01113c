import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { nameKey, randomId, resourceName, slug } from '../../../src/main/provisioning/names.ts'
import { createServerInputSchema } from '../../../src/shared/model.ts'

const anyText = fc.string({ unit: 'binary', minLength: 0, maxLength: 60 })
const anyName = fc.oneof(anyText, fc.string({ unit: 'grapheme', minLength: 1, maxLength: 50 }))

function nameErrors(name: string): string[] {
  const parsed = createServerInputSchema.safeParse({ name, memory: 1, diskSpace: 1 })
  return parsed.success ? [] : parsed.error.issues.map(({ message }) => message)
}

describe('ids', () => {
  test('are 12 lower-case letters and digits, and random', () => {
    const ids = Array.from({ length: 5000 }, randomId)
    expect(ids.every((id) => /^[a-z0-9]{12}$/.test(id))).toBe(true)
    expect(new Set(ids).size).toBe(ids.length)
    for (let place = 0; place < 12; place += 1) expect(new Set(ids.map((id) => id[place])).size).toBe(36)
  })
})

describe('container and volume names', () => {
  test('are valid for Docker whatever the name is, fit a DNS label and end in the id', () => {
    fc.assert(
      fc.property(anyName, (name) => {
        const id = randomId()
        const resource = resourceName(name, id)
        expect(resource).toMatch(/^[a-zA-Z0-9][a-zA-Z0-9_.-]+$/)
        expect(resource).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/)
        expect(resource.endsWith(`-${id}`)).toBe(true)
        expect(resource.length).toBeLessThanOrEqual(63)
      }),
      { numRuns: 1000 },
    )
  })

  test.each([
    ['Survival', 'survival'],
    ['Ünïcode Wörld', 'unicode-world'],
    ['a__b..c--d', 'a-b-c-d'],
    ['--- --- ---', 'server'],
    ['🎮🔥', 'server'],
    ['生存服务器', 'server'],
    ['🎮 Arena 2 🎮', 'arena-2'],
    [`${'x'.repeat(39)} tail`, 'x'.repeat(39)],
    ['ﬁve', 'five'],
  ])('%s becomes %s', (name, expected) => {
    expect(slug(name)).toBe(expected)
  })

  test('differ for two names that reduce to the same letters', () => {
    expect(slug('Ärena!')).toBe(slug('arena'))
    expect(resourceName('Ärena!', randomId())).not.toBe(resourceName('arena', randomId()))
  })
})

describe('the key of a name', () => {
  test.each([
    ['My Server', 'MY SERVER'],
    ['Straße', 'STRASSE'],
    ['STRAẞE', 'strasse'],
    ['ΟΔΟΣ', 'οδοσ'],
    ['ÉCOLE', 'e\u0301cole'],
    ['Ｗｉｄｅ', 'wide'],
    ['ﬁsh', 'FISH'],
    ['Arena', 'Are\u200dna'],
  ])('is one for %s and %s', (one, other) => {
    expect(nameKey(one)).toBe(nameKey(other))
  })

  test('does not depend on case', () => {
    fc.assert(
      fc.property(anyName, (name) => {
        expect(nameKey(name.toUpperCase())).toBe(nameKey(name))
        expect(nameKey(name.toLowerCase())).toBe(nameKey(name))
        expect(nameKey(nameKey(name))).toBe(nameKey(name))
      }),
      { numRuns: 2000 },
    )
  })

  test('does not depend on case for any character that there is', () => {
    const wrong: string[] = []
    for (let point = 0; point <= 0x10ffff; point += 1) {
      const one = String.fromCodePoint(point)
      const key = nameKey(one)
      if (nameKey(one.toUpperCase()) !== key || nameKey(one.toLowerCase()) !== key || nameKey(key) !== key)
        wrong.push(one)
    }
    expect(wrong).toEqual([])
  })

  test('differs for different names', () => {
    const names = ['Arena', 'Arena 2', 'Arène', '🎮', '🔥', 'é', 'e']
    expect(new Set(names.map(nameKey)).size).toBe(names.length)
  })
})

describe('what may be a name', () => {
  test.each([
    'a',
    '🎮',
    '👩‍👩‍👧 family',
    '1️⃣ first',
    '🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}',
    'می‌خواهم',
    'שלום',
    'x'.repeat(50),
    '🎮'.repeat(50),
    'Tom\'s <best> & 100% "server"',
  ])('%s', (name) => {
    expect(nameErrors(name)).toEqual([])
  })

  test.each([
    ['nothing', ''],
    ['spaces alone', '   '],
    ['51 letters', 'x'.repeat(51)],
    ['51 emoji', '🎮'.repeat(51)],
    ['a line break', 'a\nb'],
    ['a tab', 'a\tb'],
    ['a zero', 'a\0b'],
    ['an escape', 'a\u001b[31mb'],
    ['a C1 control', 'a\u0085b'],
    ['a right-to-left override', 'safe\u202egpj.exe'],
    ['a right-to-left isolate', 'a\u2067b'],
    ['a right-to-left mark', 'a\u200fb'],
    ['an Arabic letter mark', 'a\u061cb'],
    ['half a surrogate pair', 'a\ud800b'],
    ['a private character', 'a\ue000b'],
    ['a line separator', 'a\u2028b'],
    ['a zero-width space', 'a\u200bb'],
    ['a byte-order mark inside', 'a\ufeffb'],
    ['a soft hyphen', 'a\u00adb'],
    ['a filler that shows nothing', '\u3164'],
    ['a joiner alone', '\u200d'],
    ['combining marks alone', '\u0301\u0301'],
  ])('but not %s', (_what, name) => {
    expect(nameErrors(name)).not.toEqual([])
  })

  test('is trimmed and normalised', () => {
    const parsed = createServerInputSchema.parse({ name: '  e\u0301cole ', memory: 1, diskSpace: 1 })
    expect(parsed.name).toBe('école')
  })
})
