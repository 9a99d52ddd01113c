import { connect } from 'node:net'
import { networkInterfaces } from 'node:os'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { ALPHA, openTestDoor, type SendOptions, type TestDoor } from './open-door.ts'

let t: TestDoor
beforeEach(async () => {
  t = await openTestDoor()
})
afterEach(() => t.close())

/** A signed-in call that would work but for what is changed. */
const call = async (how: SendOptions = {}, path = '/rpc/who', method = 'POST') =>
  t.send(method, path, { ...(method === 'POST' ? { body: '{}' } : {}), cookie: await t.signIn(), ...how })

/** Sends these very bytes and gives what comes back. */
const raw = (bytes: string) =>
  new Promise<string>((resolve, reject) => {
    const socket = connect(t.door.port, '127.0.0.1', () => socket.write(bytes))
    let text = ''
    socket.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk
    })
    socket.on('close', () => resolve(text)).on('error', reject)
  })

test('listens on 127.0.0.1 and on no other address', async () => {
  const others = Object.values(networkInterfaces())
    .flat()
    .filter((entry) => entry?.family === 'IPv4' && !entry.internal)
  for (const host of ['127.0.0.2', '::1', ...others.map((entry) => entry!.address)]) {
    const outcome = await new Promise((resolve) => {
      const socket = connect(t.door.port, host, () => resolve('connected'))
      socket.on('error', (error: NodeJS.ErrnoException) => resolve(error.code))
    })
    expect([host, outcome]).not.toEqual([host, 'connected'])
  }
})

test.each([
  'evil.example',
  'evil.example:PORT',
  '127.0.0.1',
  '127.0.0.1:1',
  'localhost.evil.example:PORT',
  '127.0.0.1:PORT.evil',
  '[::1]:PORT',
])('the host %s is refused, pages and calls alike', async (name) => {
  const host = name.replace('PORT', String(t.door.port))
  for (const [method, path] of [
    ['GET', '/'],
    ['POST', '/rpc/who'],
    ['GET', '/icon.svg'],
    ['GET', `/panel/${ALPHA}`],
  ] as const) {
    const answer = await call({ headers: { host } }, path, method)
    expect(answer.status).toBe(403)
    expect(answer.json.json?.code ?? answer.json.code).toBe('FORBIDDEN')
    expect(answer.text).not.toContain('<title>')
  }
})

test('a request without a host is refused', async () => {
  expect(await raw('GET / HTTP/1.0\r\n\r\n')).toMatch(/^HTTP\/1\.1 403 /)
  expect(await raw('GET / HTTP/1.1\r\nConnection: close\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 /)
})

test('a second host is refused though the first is good', async () => {
  const host = `Host: 127.0.0.1:${t.door.port}`
  const answer = await raw(`GET / HTTP/1.1\r\n${host}\r\nHost: evil.example\r\nConnection: close\r\n\r\n`)
  expect(answer).toMatch(/^HTTP\/1\.1 403 /)
})

test('localhost is as good as 127.0.0.1', async () => {
  const answer = await call({
    headers: { host: `localhost:${t.door.port}`, origin: `http://localhost:${t.door.port}` },
  })
  expect(answer.json.json.actor).toBe('browser')
})

test.each([
  'http://evil.example',
  'null',
  'https://127.0.0.1:PORT',
  'http://127.0.0.1',
  'http://127.0.0.1:PORT.evil.example',
  'app://lightnode',
])('the origin %s is refused though the session is good', async (name) => {
  const answer = await call({ headers: { origin: name.replace('PORT', String(t.door.port)) } })
  expect(answer.status).toBe(403)
  expect(answer.json.json).toMatchObject({ code: 'FORBIDDEN', data: { remedy: expect.any(String) } })
  expect(answer.headers['access-control-allow-origin']).toBeUndefined()
})

test('no other site is given leave by a preflight', async () => {
  const answer = await t.send('OPTIONS', '/rpc/who', {
    headers: { origin: 'http://evil.example', 'access-control-request-headers': 'x-lightnode' },
  })
  expect(answer.status).toBe(403)
  expect(Object.keys(answer.headers).filter((name) => name.startsWith('access-control'))).toEqual([])
})

test('a call without our header is refused though the session is good', async () => {
  const answer = await call({ bare: true, headers: { 'content-type': 'application/json' } })
  expect(answer.json.json).toMatchObject({
    code: 'FORBIDDEN',
    message: expect.stringContaining('x-lightnode'),
  })
  const other = await call({ headers: { 'x-lightnode': '0' } })
  expect(other.status).toBe(403)
})

test.each([
  'text/plain',
  'application/x-www-form-urlencoded',
  'multipart/form-data; boundary=x',
  'application/jsonp',
  'text/plain; application/json',
])('the content type %s is refused', async (type) => {
  const answer = await call({ headers: { 'content-type': type } })
  expect(answer.status).toBe(415)
  expect(answer.json.json.message).toContain('application/json')
})

test('a body that calls itself a file is refused', async () => {
  const answer = await call({ headers: { 'content-disposition': 'attachment; filename="x"' } })
  expect(answer.status).toBe(415)
})

test('calls are made with POST only', async () => {
  const cookie = await t.signIn()
  for (const method of ['GET', 'PUT', 'DELETE', 'PATCH']) {
    const answer = await t.send(method, '/rpc/who?data={}', { cookie })
    expect([method, answer.status, answer.headers.allow]).toEqual([method, 405, 'POST'])
  }
})

test('more than a megabyte is refused, announced or not', async () => {
  const cookie = await t.signIn()
  const body = JSON.stringify({ json: { text: 'x'.repeat(1_000_001) } })
  const announced = await t.send('POST', '/rpc/echo', { body, cookie })
  expect(announced.status).toBe(413)
  expect(announced.json.json).toMatchObject({ code: 'INVALID_INPUT', status: 413 })
  const chunked = await t.send('POST', '/rpc/echo', {
    body,
    cookie,
    headers: { 'transfer-encoding': 'chunked' },
  })
  expect(chunked.status).toBe(413)
  expect(chunked.json.json).toMatchObject({ code: 'INVALID_INPUT', status: 413 })
  const fine = await t.send('POST', '/rpc/echo', {
    body: JSON.stringify({ json: { text: 'x'.repeat(900_000) } }),
    cookie,
  })
  expect(fine.json.json).toBe(900_000)
})

test('a sign-in that is too long, no JSON or of another shape is refused', async () => {
  const long = await t.send('POST', '/session', { body: JSON.stringify({ code: 'x'.repeat(2000) }) })
  expect([long.status, long.json.code]).toEqual([413, 'INVALID_INPUT'])
  for (const body of ['', '{', '[]', '{"code":1}', '{"code":"x","more":1}']) {
    const answer = await t.send('POST', '/session', { body })
    expect([body, answer.status, answer.json.code]).toEqual([body, 400, 'INVALID_INPUT'])
  }
})

test('a sign-in that announces too much is refused before it comes', async () => {
  const head = `POST /session HTTP/1.1\r\nHost: 127.0.0.1:${t.door.port}\r\nx-lightnode: 1\r\n`
  expect(await raw(`${head}Content-Type: application/json\r\nContent-Length: 99999999999\r\n\r\n{`)).toMatch(
    /^HTTP\/1\.1 413 /,
  )
})

test('bad JSON in a call is named, without the parser’s words', async () => {
  for (const body of ['{', '"just text"', '{"json":{"text":1},"meta":[[99,"x"]]}']) {
    const answer = await call({ body }, '/rpc/echo')
    expect([answer.status, answer.json.json.code]).toEqual([400, 'INVALID_INPUT'])
    expect(answer.text).not.toMatch(/Error|Unexpected token/)
  }
})

test('wrong fields are named', async () => {
  const answer = await call({ body: '{"json":{"text":1}}' }, '/rpc/echo')
  expect(answer.json.json).toMatchObject({
    defined: true,
    code: 'INVALID_INPUT',
    data: { fields: [{ field: 'text' }] },
  })
})

test('an error of the core arrives with its remedy, an unforeseen one with a reference and no cause', async () => {
  const known = await call({}, '/rpc/refuse')
  expect([known.status, known.json.json]).toMatchObject([
    409,
    { defined: true, code: 'NAME_TAKEN', data: { remedy: expect.stringMatching(/./) } },
  ])
  const unknown = await call({}, '/rpc/fail')
  const { code, data } = unknown.json.json
  expect([unknown.status, code]).toEqual([500, 'INTERNAL'])
  expect(unknown.text).not.toMatch(/SecretCause|\/some\/path|Error/)
  expect(t.log.join('')).toContain(data.reference)
  expect(t.log.join('')).toContain('SecretCause')
})

test.each([
  '/rpc/nothing',
  '/rpc/',
  '/rpc/__proto__',
  '/rpc/constructor',
  '/panel/',
  '/panel',
  `/panel/${ALPHA}/nothing`,
  '/session',
  '/assets/nothing.js',
  '/nothing.js',
  '/index.html',
  '/panel.html',
])('nothing is at %s', async (path) => {
  const method = path.startsWith('/rpc') ? 'POST' : 'GET'
  const answer = await call({ headers: { accept: 'text/html' } }, path, method)
  expect(answer.status).toBe(404)
  expect((answer.json.json ?? answer.json).code).toBe('NOT_FOUND')
})

test.each([
  '/../package.json',
  '/assets/../../package.json',
  '/assets/..%2f..%2fpackage.json',
  '/%2e%2e/package.json',
  '/assets/%00',
  '/assets\\..\\x',
  '//evil.example/',
  '/./',
  '/%',
  '/%zz',
  '/rpc/%77ho',
  'http://evil.example/',
  '*',
  `/panel/${ALPHA}%2f..%2f${ALPHA}`,
])('the path %s leads nowhere', async (path) => {
  const answer = await t.send('GET', path, { headers: { accept: 'text/html' }, cookie: await t.signIn() })
  expect([answer.status, (answer.json.json ?? answer.json).code]).toEqual([404, 'NOT_FOUND'])
})

test('headers beyond 16 KB and what is no HTTP are refused without a word', async () => {
  expect(await raw(`GET / HTTP/1.1\r\nHost: x\r\nX-Long: ${'x'.repeat(20_000)}\r\n\r\n`)).toMatch(
    /^HTTP\/1\.1 431 .*\r\nConnection: close/,
  )
  expect(await raw('no http\r\n\r\n')).toBe(
    'HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n',
  )
})
