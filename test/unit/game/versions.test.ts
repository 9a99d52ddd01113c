import { expect, test } from 'vitest'
import { resolveVersion } from '../../../src/main/game/versions.ts'
import type { ServerType } from '../../../src/shared/fields.ts'

const manifest = { latest: { release: '26.1', snapshot: '26.2-snapshot-3' }, versions: [] }
const answering =
  (body: unknown, status = 200): typeof fetch =>
  async (url) => {
    expect(String(url)).toBe('https://piston-meta.mojang.com/mc/game/version_manifest_v2.json')
    return new Response(typeof body === 'string' ? body : JSON.stringify(body), { status })
  }
const never: typeof fetch = () => {
  throw new Error('no look-up was expected')
}
const resolve = (type: ServerType, version: string, fetch: typeof globalThis.fetch, timeoutMs = 1000) =>
  resolveVersion({ type, version, fetch, timeoutMs })

test('LATEST and SNAPSHOT of what follows Mojang', async () => {
  expect(await resolve('VANILLA', 'LATEST', answering(manifest))).toBe('26.1')
  expect(await resolve('FABRIC', 'LATEST', answering(manifest))).toBe('26.1')
  expect(await resolve('VANILLA', 'SNAPSHOT', answering(manifest))).toBe('26.2-snapshot-3')
})

test('a given version stays, and other types are left to the running game, without a look-up', async () => {
  expect(await resolve('PAPER', '1.20.4', never)).toBe('1.20.4')
  expect(await resolve('PAPER', 'LATEST', never)).toBe(null)
  expect(await resolve('NEOFORGE', 'SNAPSHOT', never)).toBe(null)
})

test.each([
  ['nonsense', answering('<html>')],
  ['another shape', answering({ latest: 3 })],
  ['an unheard-of version', answering({ latest: { release: '26.1; rm', snapshot: '25w14a' } })],
  ['an error page', answering(manifest, 503)],
  ['no network', async () => Promise.reject(new TypeError('fetch failed'))],
] as [string, typeof fetch][])('null for %s', async (_name, fetch) => {
  expect(await resolve('VANILLA', 'LATEST', fetch)).toBe(null)
})

test('null after the time limit, whether or not fetch listens to its signal', async () => {
  let aborted = false
  const deaf: typeof fetch = (_url, init) => {
    init?.signal?.addEventListener('abort', () => {
      aborted = true
    })
    return new Promise(() => {})
  }
  const start = Date.now()
  expect(await resolve('VANILLA', 'LATEST', deaf, 100)).toBe(null)
  expect(Date.now() - start).toBeLessThan(1500)
  expect(aborted).toBe(true)
})
