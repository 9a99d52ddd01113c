import { createHash } from 'node:crypto'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { ALPHA, ask, BETA, cookieOf, openTestDoor, PANEL, type TestDoor } from './open-door.ts'

let t: TestDoor
beforeEach(async () => {
  t = await openTestDoor()
})
afterEach(() => t.close())

const codeOf = (url: string) => new URL(url).hash.slice('#code='.length)
const signInWith = (code: string) => t.send('POST', '/session', { body: JSON.stringify({ code }) })
const rows = () => t.database.prepare<[], Record<string, unknown>>('SELECT * FROM sessions').all()

test('the sign-in code is 128 bits, in the fragment, and fresh each time', () => {
  const [first, second] = [t.door.signInUrl(), t.door.signInUrl()]
  expect(first).toMatch(new RegExp(`^http://127\\.0\\.0\\.1:${t.door.port}/#code=[A-Za-z0-9_-]{22}$`))
  expect(codeOf(first)).not.toBe(codeOf(second))
})

test('a code signs in once, and the cookie is for this page alone', async () => {
  const code = codeOf(t.door.signInUrl())
  const answer = await signInWith(code)
  expect(answer.status).toBe(204)
  const [cookie] = answer.headers['set-cookie']!
  expect(cookie).toMatch(
    new RegExp(
      `^lightnode-${t.door.port}=[A-Za-z0-9_-]{43}; HttpOnly; SameSite=Strict; Path=/; Max-Age=604800$`,
    ),
  )
  expect(cookie).not.toContain(code)

  const again = await signInWith(code)
  expect(again.status).toBe(401)
  expect(again.headers['set-cookie']).toBeUndefined()
  expect(again.json).toMatchObject({
    code: 'UNAUTHORIZED',
    status: 401,
    data: { remedy: expect.any(String) },
  })
})

test('two codes are good side by side, and a wrong one spoils neither', async () => {
  const codes = [codeOf(t.door.signInUrl()), codeOf(t.door.signInUrl())]
  expect((await signInWith('A'.repeat(22))).status).toBe(401)
  for (const code of codes) expect((await signInWith(code)).status).toBe(204)
})

test('a code is over after ten minutes', async () => {
  const code = codeOf(t.door.signInUrl())
  t.clock.now += 10 * 60_000
  expect((await signInWith(code)).status).toBe(401)
  const other = codeOf(t.door.signInUrl())
  t.clock.now += 10 * 60_000 - 1
  expect((await signInWith(other)).status).toBe(204)
})

test('the database holds the hash of the token only', async () => {
  const [, token] = (await t.signIn()).split('=') as [string, string]
  expect(rows()).toEqual([
    {
      token_hash: createHash('sha256').update(token).digest('hex'),
      kind: 'operator',
      server_id: null,
      expires_at: t.clock.now + 7 * 24 * 3600_000,
    },
  ])
})

test('a call needs the session; its context says who asks', async () => {
  const refused = await t.send('POST', '/rpc/who', { body: '{}' })
  expect(refused.status).toBe(401)
  // As the contract's client reads it.
  expect(refused.json.json).toMatchObject({ defined: true, code: 'UNAUTHORIZED' })
  const answer = await t.send('POST', '/rpc/who', { body: '{}', cookie: await t.signIn() })
  expect(answer.status).toBe(200)
  expect(answer.json.json).toEqual({ actor: 'browser', clipboard: null })
})

test('a session is over after seven days', async () => {
  const cookie = await t.signIn()
  t.clock.now += 7 * 24 * 3600_000 - 1
  expect((await t.send('POST', '/rpc/who', { body: '{}', cookie })).status).toBe(200)
  t.clock.now += 1
  expect((await t.send('POST', '/rpc/who', { body: '{}', cookie })).status).toBe(401)
  await t.signIn()
  expect(rows()).toHaveLength(1)
})

test('signing out ends the session and takes the cookie away', async () => {
  const cookie = await t.signIn()
  const answer = await t.send('DELETE', '/session', { cookie })
  expect(answer.status).toBe(204)
  expect(answer.headers['set-cookie']![0]).toMatch(
    /^lightnode-\d+=; HttpOnly; SameSite=Strict; Path=\/; Max-Age=0$/,
  )
  expect(rows()).toEqual([])
  expect((await t.send('POST', '/rpc/who', { body: '{}', cookie })).status).toBe(401)
})

test('signing out ends what still streams in the session', async () => {
  const cookie = await t.signIn()
  const stream = t.send('POST', '/rpc/stream', { body: '{}', cookie }).catch((error: Error) => error)
  await expect.poll(() => t.streams.open).toBe(1)
  await t.send('DELETE', '/session', { cookie })
  expect(await stream).toBeInstanceOf(Error)
  await expect.poll(() => t.streams.open).toBe(0)
})

test('signing in again ends the session before', async () => {
  const cookie = await t.signIn()
  const code = codeOf(t.door.signInUrl())
  const second = cookieOf(await t.send('POST', '/session', { body: JSON.stringify({ code }), cookie }))
  expect((await t.send('POST', '/rpc/who', { body: '{}', cookie })).status).toBe(401)
  expect((await t.send('POST', '/rpc/who', { body: '{}', cookie: second })).status).toBe(200)
})

test('a cookie that is there twice counts as none', async () => {
  const cookie = await t.signIn()
  const name = cookie.split('=')[0]
  const answer = await t.send('POST', '/rpc/who', { body: '{}', cookie: `${name}=planted; ${cookie}` })
  expect(answer.status).toBe(401)
})

test('panel credentials open the page of their server alone', async () => {
  const answer = await t.send('POST', `/panel/${ALPHA}/session`, { body: JSON.stringify(PANEL) })
  expect(answer.headers['set-cookie']![0]).toMatch(
    new RegExp(`^lightnode-panel-${t.door.port}=\\S{43}; HttpOnly; SameSite=Strict; Path=/panel/${ALPHA}; `),
  )
  const cookie = cookieOf(answer)
  const own = await t.send('POST', `/panel/${ALPHA}/rpc/server`, { body: '{}', cookie })
  expect(own.json.json).toBe(ALPHA)
  const other = await t.send('POST', `/panel/${BETA}/rpc/server`, { body: '{}', cookie })
  expect(other.status).toBe(401)
  expect(other.text).not.toContain(BETA)
})

test('a panel session opens no call of the operator, under either cookie name', async () => {
  const cookie = await t.signInToPanel(ALPHA)
  const renamed = `lightnode-${t.door.port}=${cookie.split('=')[1]}`
  for (const tried of [cookie, renamed]) {
    const answer = await t.send('POST', '/rpc/who', { body: '{}', cookie: tried })
    expect(answer.json.json.code).toBe('UNAUTHORIZED')
  }
  expect((await t.send('DELETE', '/session', { cookie: renamed })).status).toBe(204)
  expect(rows()).toHaveLength(1)
})

test('an operator session opens no panel, under either cookie name', async () => {
  const cookie = await t.signIn()
  for (const tried of [cookie, `lightnode-panel-${t.door.port}=${cookie.split('=')[1]}`]) {
    const answer = await t.send('POST', `/panel/${ALPHA}/rpc/server`, { body: '{}', cookie: tried })
    expect(answer.json.json.code).toBe('UNAUTHORIZED')
  }
})

test('wrong panel credentials, and right ones at another server, get the same refusal', async () => {
  const wrong = await t.send('POST', `/panel/${ALPHA}/session`, {
    body: JSON.stringify({ ...PANEL, password: 'wrong' }),
  })
  const elsewhere = await t.send('POST', `/panel/${BETA}/session`, { body: JSON.stringify(PANEL) })
  const nowhere = await t.send('POST', '/panel/no-such-server/session', { body: JSON.stringify(PANEL) })
  expect(wrong.status).toBe(401)
  expect(elsewhere.text).toBe(wrong.text)
  expect(nowhere.text).toBe(wrong.text)
  expect(rows()).toEqual([])
})

test('the panel is signed out by itself', async () => {
  const cookie = await t.signInToPanel(ALPHA)
  const answer = await t.send('DELETE', `/panel/${ALPHA}/session`, { cookie })
  expect(answer.headers['set-cookie']![0]).toContain(`Path=/panel/${ALPHA}; Max-Age=0`)
  expect((await t.send('POST', `/panel/${ALPHA}/rpc/server`, { body: '{}', cookie })).status).toBe(401)
})

test('the eleventh wrong code within a minute is refused, and locks nobody out', async () => {
  for (let n = 0; n < 10; n++) expect((await signInWith('wrong')).status).toBe(401)
  const answer = await signInWith('wrong')
  expect(answer.status).toBe(429)
  expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0)
  expect(Number(answer.headers['retry-after'])).toBeLessThanOrEqual(60)
  expect(answer.json).toMatchObject({ message: 'Too many attempts to sign in.', status: 429 })
  // Whoever has the link gets in, whatever another user of the machine has tried.
  expect((await signInWith(codeOf(t.door.signInUrl()))).status).toBe(204)
  // Panel logins count on their own.
  expect(await t.signInToPanel(ALPHA)).toContain('lightnode-panel')
})

test('of one code sent many times at once exactly one signs in', async () => {
  const code = codeOf(t.door.signInUrl())
  const answers = await Promise.all(Array.from({ length: 8 }, () => signInWith(code)))
  expect(answers.map(({ status }) => status).sort()).toEqual([204, ...Array(7).fill(401)])
  expect(rows()).toHaveLength(1)
})

test('the eleventh panel login within a minute is refused, even a right one', async () => {
  const attempt = (password: string) =>
    t.send('POST', `/panel/${ALPHA}/session`, { body: JSON.stringify({ ...PANEL, password }) })
  for (let n = 0; n < 10; n++) expect((await attempt(`wrong${n}`)).status).toBe(401)
  const answer = await attempt(PANEL.password)
  expect(answer.status).toBe(429)
  expect(answer.headers['set-cookie']).toBeUndefined()
  expect(await t.signIn()).toContain('lightnode-')
})

test('in the desktop only the panel pages are served', async () => {
  const desktop = await openTestDoor({ operator: false })
  try {
    expect(() => desktop.door.signInUrl()).toThrow()
    for (const [method, path] of [
      ['GET', '/'],
      ['GET', '/servers'],
      ['POST', '/rpc/who'],
      ['POST', '/session'],
    ] as const) {
      const answer = await desktop.send(method, path, {
        ...(method === 'POST' ? { body: '{"code":"x"}' } : {}),
        headers: { accept: 'text/html' },
      })
      expect([answer.status, answer.text.includes('NOT_FOUND')]).toEqual([404, true])
    }
    const url = new URL(desktop.door.panelUrl(ALPHA))
    const page = await ask(Number(url.port), 'GET', url.pathname)
    expect(page.text).toContain('<title>LightNode panel</title>')
    const cookie = await desktop.signInToPanel(ALPHA)
    const answer = await desktop.send('POST', `/panel/${ALPHA}/rpc/server`, { body: '{}', cookie })
    expect(answer.json.json).toBe(ALPHA)
  } finally {
    await desktop.close()
  }
})

test('no code, token or password is ever logged', async () => {
  const code = codeOf(t.door.signInUrl())
  await t.send('GET', `/?code=${code}`)
  const cookie = cookieOf(await signInWith(code))
  await signInWith(code)
  const panelCookie = await t.signInToPanel(ALPHA)
  await t.send('POST', `/panel/${ALPHA}/session`, {
    body: JSON.stringify({ ...PANEL, password: 'OtherPassw0rd' }),
  })
  await t.send('POST', '/rpc/fail', { body: '{}', cookie })
  await expect.poll(() => t.log.length).toBeGreaterThanOrEqual(6)
  const log = t.log.join('\n')
  for (const path of ['"path":"/session"', '"path":"/rpc/fail"', '"status":401']) expect(log).toContain(path)
  for (const secret of [
    code,
    cookie.split('=')[1]!,
    panelCookie.split('=')[1]!,
    PANEL.password,
    'OtherPassw0rd',
  ])
    expect(log).not.toContain(secret)
})
