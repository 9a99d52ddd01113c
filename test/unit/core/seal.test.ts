import { randomBytes } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { format, inspect } from 'node:util'
import fc from 'fast-check'
import { describe, expect, onTestFinished, test } from 'vitest'
import { createLogger } from '../../../src/main/observe/logger.ts'
import { createSealer } from '../../../src/main/secrets/seal.ts'
import { Secret } from '../../../src/main/secrets/secret.ts'

const key = randomBytes(32)
const sealer = createSealer(key)
const bytesOf = (sealed: string) => Buffer.from(sealed.slice(3), 'base64')
const textOf = (bytes: Buffer) => `v1.${bytes.toString('base64')}`

describe('a sealed text', () => {
  test('opens to what was sealed, for the same purpose', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string(), (text, purpose) => {
        expect(sealer.open(sealer.seal(new Secret(text), purpose), purpose).reveal()).toBe(text)
      }),
    )
  })

  test('opens after a restart: with the same key, made anew', () => {
    const sealed = sealer.seal(new Secret('planted'), 'p')
    expect(createSealer(Buffer.from(key)).open(sealed, 'p').reveal()).toBe('planted')
  })

  test('shows nothing, and is never the same twice', () => {
    const sealed = Array.from({ length: 100 }, () => sealer.seal(new Secret('planted'), 'p'))
    expect(new Set(sealed).size).toBe(100)
    // The nonce is never used twice with one key.
    expect(new Set(sealed.map((one) => bytesOf(one).subarray(0, 12).toString('hex'))).size).toBe(100)
    expect(sealed.join()).not.toContain('planted')
    expect(Buffer.concat(sealed.map(bytesOf)).toString('latin1')).not.toContain('planted')
  })

  test('does not open for another purpose', () => {
    const sealed = sealer.seal(new Secret('planted'), 'server/a/rcon')
    for (const purpose of ['server/b/rcon', 'server/a/panel', '', 'server/a/rcon '])
      expect(() => sealer.open(sealed, purpose)).toThrow()
  })

  test('does not open with another key', () => {
    const sealed = sealer.seal(new Secret('planted'), 'p')
    expect(() => createSealer(randomBytes(32)).open(sealed, 'p')).toThrow()
  })

  test('does not open with any bit flipped', () => {
    const bytes = bytesOf(sealer.seal(new Secret('planted-secret'), 'p'))
    for (let bit = 0; bit < bytes.length * 8; bit += 1) {
      const changed = Buffer.from(bytes)
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7))
      expect(() => sealer.open(textOf(changed), 'p')).toThrow()
    }
  })

  test('does not open cut off at any place, not even with a shorter tag', () => {
    for (const text of ['', 'planted-secret']) {
      const bytes = bytesOf(sealer.seal(new Secret(text), 'p'))
      for (let length = 0; length < bytes.length; length += 1)
        expect(() => sealer.open(textOf(bytes.subarray(0, length)), 'p')).toThrow()
    }
  })

  test('does not open with any character changed', () => {
    const sealed = sealer.seal(new Secret('planted-secret'), 'p')
    for (let at = 0; at < sealed.length; at += 1)
      for (const other of ['A', 'B', '=', '.', ' ', '-'])
        if (sealed[at] !== other)
          expect(() => sealer.open(sealed.slice(0, at) + other + sealed.slice(at + 1), 'p')).toThrow()
    for (const other of ['', 'planted-secret', sealed.slice(3), ` ${sealed}`, `${sealed} `])
      expect(() => sealer.open(other, 'p')).toThrow()
  })

  test('says nothing of the secret when it does not open', () => {
    const sealed = sealer.seal(new Secret('planted-secret'), 'p')
    try {
      sealer.open(sealed, 'q')
      expect.unreachable()
    } catch (error) {
      expect(inspect(error, { depth: 9, showHidden: true })).not.toContain('planted')
    }
  })
})

describe('a secret', () => {
  const planted = 'planted-Secret-77'
  const secret = new Secret(planted)

  test('prints as [secret] wherever it is written', () => {
    const shown = [
      `${secret}`,
      `a ${secret} b`,
      String(secret),
      // biome-ignore lint/style/useTemplate: the operator is what is tried
      secret + '',
      [secret, secret].join(),
      JSON.stringify({ a: [secret] }),
      inspect(secret),
      inspect({ deep: { er: [secret] } }, { depth: 9, showHidden: true }),
      format('%s %o %O %j', secret, secret, secret, secret),
      new Error(`refused ${secret}`).message,
      inspect(new Error('refused', { cause: { secret } }), { showHidden: true, depth: 9 }),
      JSON.stringify(structuredClone({ secret })),
      Object.entries(secret).join(),
      JSON.stringify(Object.getOwnPropertyDescriptors(secret)),
    ]
    expect(shown.join('\n')).not.toContain(planted)
    expect(shown.slice(0, 4)).toEqual(['[secret]', 'a [secret] b', '[secret]', '[secret]'])
    expect(secret.reveal()).toBe(planted)
  })

  test('does not get into the log', () => {
    const folder = mkdtempSync(join(tmpdir(), 'lightnode-log-'))
    onTestFinished(() => rmSync(folder, { recursive: true }))
    const logger = createLogger(folder, 'trace')
    logger.info({ secret, server: { rcon: secret, list: [secret] } }, `made with ${secret}`)
    logger.info({ password: planted, user: { password: planted } }, 'a plain one under its name')
    logger.error({ err: new Error(`refused ${secret}`, { cause: { secret } }) }, 'failed')
    const log = readFileSync(join(folder, 'logs', 'lightnode.log'), 'utf8')
    expect(log.trim().split('\n')).toHaveLength(3)
    expect(log).not.toContain(planted)
    expect(log).toContain('[secret]')
  })
})
