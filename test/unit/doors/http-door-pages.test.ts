import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createORPCClient } from '@orpc/client'
import { RPCLink } from '@orpc/client/fetch'
import type { RouterClient } from '@orpc/server'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { ALPHA, openTestDoor, type TestDoor, type TestRouter } from './open-door.ts'

let t: TestDoor
beforeEach(async () => {
  t = await openTestDoor()
})
afterEach(() => t.close())

test('a page has a strict policy with a nonce of its own', async () => {
  const pages = await Promise.all([t.send('GET', '/'), t.send('GET', '/'), t.send('GET', `/panel/${ALPHA}`)])
  const nonces = pages.map(({ headers, text }) => {
    const policy = headers['content-security-policy'] as string
    const nonce = /style-src 'self' 'nonce-([A-Za-z0-9+/=]{24})'/.exec(policy)?.[1]
    expect(text).not.toContain('__CSP_NONCE__')
    expect(text.split(`nonce="${nonce}"`)).toHaveLength(3)
    for (const rule of [
      "default-src 'none'",
      "script-src 'self';",
      "connect-src 'self';",
      "base-uri 'none'",
      "form-action 'none'",
      "frame-ancestors 'none'",
    ])
      expect(policy).toContain(rule)
    expect(policy).not.toMatch(/unsafe|\*|http/)
    return nonce
  })
  expect(new Set(nonces).size).toBe(3)
})

test('every answer has the security headers', async () => {
  for (const path of ['/', '/icon.svg', '/nothing.js', `/panel/${ALPHA}`]) {
    const { headers } = await t.send('GET', path)
    expect(headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'referrer-policy': 'no-referrer',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
      'cache-control': 'no-store',
    })
    expect(headers['content-security-policy']).toContain("default-src 'none'")
    expect(headers['x-powered-by']).toBeUndefined()
  }
})

test('only files whose name changes with their content are kept by the browser', async () => {
  const asset = await t.send('GET', '/assets/index-1a2b3c4d.js')
  expect(asset.headers).toMatchObject({
    'content-type': 'text/javascript; charset=utf-8',
    'cache-control': 'public, max-age=31536000, immutable',
  })
  expect((await t.send('HEAD', '/')).text).toBe('')
})

test('a page names its icon by the root, at whatever depth it is served', async () => {
  for (const path of ['/', `/panel/${ALPHA}`]) {
    const page = await t.send('GET', path, { headers: { accept: 'text/html' } })
    expect(page.text).toContain('href="/icon.svg"')
  }
})

test('every path of the interface is its page, for a browser only', async () => {
  const page = await t.send('GET', '/servers/abc', { headers: { accept: 'text/html,*/*' } })
  expect(page.text).toContain('<title>LightNode</title>')
  const script = await t.send('GET', '/servers/abc', { headers: { accept: '*/*' } })
  expect(script.json.code).toBe('NOT_FOUND')
})

test('the contract’s own client calls, streams and reads errors through the door', async () => {
  const cookie = await t.signIn()
  const client = (headers: Record<string, string>) =>
    createORPCClient<RouterClient<TestRouter>>(
      new RPCLink({ url: `${t.door.url}rpc`, headers: { 'x-lightnode': '1', ...headers } }),
    )
  expect(await client({ cookie }).who()).toEqual({ actor: 'browser', clipboard: null })
  await expect(client({}).who()).rejects.toMatchObject({ code: 'UNAUTHORIZED', defined: true })
  const events = await client({ cookie }).stream()
  expect((await events.next()).value).toEqual({ type: 'hello' })
  await events.return()
  await expect.poll(() => t.streams.open).toBe(0)
})

test('closing cuts open streams off within a second', async () => {
  const stream = t
    .send('POST', '/rpc/stream', { body: '{}', cookie: await t.signIn() })
    .catch((error: Error) => error)
  await expect.poll(() => t.streams.open).toBe(1)
  const started = Date.now()
  await t.door.close()
  expect(Date.now() - started).toBeLessThan(1000)
  expect(await stream).toBeInstanceOf(Error)
  await expect.poll(() => t.streams.open).toBe(0)
})

test('a remembered port that is taken gives way, an exact one is an error', async () => {
  const holder = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => holder.once('listening', resolve))
  const { port } = holder.address() as AddressInfo
  try {
    const other = await openTestDoor({ ports: [port] })
    expect(other.door.port).not.toBe(port)
    await other.close()
    await expect(openTestDoor({ ports: [port], exactPort: true })).rejects.toMatchObject({
      code: 'PORT_TAKEN',
      message: expect.stringContaining(String(port)),
      data: { remedy: expect.stringContaining('--port') },
    })
  } finally {
    holder.close()
  }
})

test('the first free port of the list is taken', async () => {
  const free = await openTestDoor()
  await free.close()
  const again = await openTestDoor({ ports: [free.door.port] })
  expect(again.door.port).toBe(free.door.port)
  await again.close()
})
