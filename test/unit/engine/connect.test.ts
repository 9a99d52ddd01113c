import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type RequestListener, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Connect, connectEngine } from '../../../src/main/engine/connect.ts'
import { EngineError } from '../../../src/main/engine/types.ts'
import { fakeEngine, info } from './fake-engine.ts'

const at = (endpoint: string, explicit = false) => ({ source: `the ${endpoint}`, endpoint, explicit })
const failing = (code: string) => Object.assign(new Error(code), { code })

/** Connects by what is said of each endpoint: an error, or nothing for an answer. */
const by =
  (fates: Record<string, Error | undefined>): Connect =>
  async ({ endpoint }) => {
    const fate = fates[endpoint]
    if (fate !== undefined) throw fate
    return { engine: fakeEngine({ endpoint }), info }
  }

describe('the choice among candidates', () => {
  it('is the first that answers', async () => {
    const connect = by({ 'unix:///a': failing('ENOENT'), 'unix:///b': failing('EACCES') })
    const found = await connectEngine([at('unix:///a'), at('unix:///b'), at('unix:///c'), at('unix:///d')], {
      connect,
    })
    expect(found).toMatchObject({
      state: 'available',
      source: 'the unix:///c',
      info,
      engine: { endpoint: 'unix:///c' },
    })
    expect(found.tried.map(({ outcome }) => outcome)).toEqual([
      'no such file',
      'permission denied',
      'answers',
    ])
  })

  it('is missing when nobody answers', async () => {
    const connect = by({
      'unix:///a': failing('ENOENT'),
      'unix:///b': new EngineError('timeout', 'ping: no answer within 2 s'),
    })
    expect(await connectEngine([at('unix:///a'), at('unix:///b')], { connect })).toEqual({
      state: 'missing',
      source: null,
      endpoint: null,
      tried: [
        { source: 'the unix:///a', endpoint: 'unix:///a', outcome: 'no such file' },
        { source: 'the unix:///b', endpoint: 'unix:///b', outcome: 'ping: no answer within 2 s' },
      ],
    })
  })

  it('is denied by the first that refuses this user when no other answers', async () => {
    const connect = by({
      'unix:///a': failing('ENOENT'),
      'unix:///b': failing('EACCES'),
      'unix:///c': failing('EACCES'),
    })
    const found = await connectEngine([at('unix:///a'), at('unix:///b'), at('unix:///c')], { connect })
    expect(found).toMatchObject({ state: 'denied', endpoint: 'unix:///b' })
    expect(found.tried).toHaveLength(3)
  })

  it('ends at one that the user named', async () => {
    const connect = by({ 'unix:///a': failing('ECONNREFUSED') })
    expect(await connectEngine([at('unix:///a', true), at('unix:///b')], { connect })).toEqual({
      state: 'missing',
      source: 'the unix:///a',
      endpoint: 'unix:///a',
      tried: [{ source: 'the unix:///a', endpoint: 'unix:///a', outcome: 'connection refused' }],
    })
  })

  it('asks none on another machine', async () => {
    const connect: Connect = () => {
      throw new Error('asked')
    }
    expect(await connectEngine([at('ssh://far', true), at('unix:///b')], { connect })).toMatchObject({
      state: 'remote',
      endpoint: 'ssh://far',
      tried: [{ outcome: 'on another machine' }],
    })
  })

  it('says of a context that is not there what is wrong', async () => {
    const fault = 'there is no such docker context'
    const found = await connectEngine([{ source: 'docker context x', endpoint: '', explicit: true, fault }])
    expect(found).toMatchObject({ state: 'missing', tried: [{ outcome: fault }] })
    const odd = await connectEngine([at('fd://', true)])
    expect(odd).toMatchObject({ state: 'missing', tried: [{ outcome: 'not an address of an engine' }] })
  })
})

describe('a connection', () => {
  let folder: string
  let server: Server | null = null
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'lnt-connect-'))
  })
  afterEach(async () => {
    server?.closeAllConnections()
    await new Promise((resolve) => (server === null ? resolve(null) : server.close(resolve)))
    server = null
    await rm(folder, { recursive: true })
  })

  async function serve(answer: RequestListener) {
    const path = join(folder, 'd.sock')
    server = createServer(answer)
    await new Promise<void>((resolve) => server?.listen(path, resolve))
    return at(`unix://${path}`, true)
  }

  const answers =
    (asked: string[], parts: { version?: object; info?: object }): RequestListener =>
    (request, response) => {
      asked.push(`${request.method} ${request.url}`)
      if (request.url?.endsWith('_ping')) return response.end('OK')
      const body = request.url?.endsWith('version') ? parts.version : parts.info
      response.setHeader('Content-Type', 'application/json')
      return response.end(JSON.stringify(body))
    }

  it('speaks the newest version that both know', async () => {
    const asked: string[] = []
    const version = { ApiVersion: '1.52', MinAPIVersion: '1.44' }
    const place = await serve(answers(asked, { version, info: { ID: 'X', Name: 'n', MemTotal: 5 } }))
    expect(await connectEngine([place])).toMatchObject({
      state: 'available',
      info: { id: 'X', memoryBytes: 5 },
    })
    expect(asked).toEqual(['GET /_ping', 'GET /version', 'GET /v1.47/info'])
  })

  it('gives Podman an id that stays', async () => {
    const version = { ApiVersion: '1.41', Components: [{ Name: 'Podman Engine' }] }
    let n = 0
    const place = await serve((request, response) => {
      n += 1
      answers([], { version, info: { ID: `random-${n}`, Name: 'n', DockerRootDir: '/r' } })(request, response)
    })
    const found = await connectEngine([place])
    expect(found).toMatchObject({ state: 'available', info: { id: 'podman:n:/r' } })
    if (found.state === 'available') expect((await found.engine.info()).id).toBe('podman:n:/r')
  })

  it('refuses an engine of Windows containers', async () => {
    const place = await serve(answers([], { version: { ApiVersion: '1.47' }, info: { OSType: 'windows' } }))
    expect(await connectEngine([place])).toMatchObject({
      state: 'missing',
      tried: [{ outcome: 'answers, but runs Windows containers' }],
    })
  })

  it('gives up one that never answers, and at once when it is told to', async () => {
    const place = await serve(() => {})
    const started = Date.now()
    expect(await connectEngine([place])).toMatchObject({
      state: 'missing',
      tried: [{ outcome: 'ping: no answer within 2 s' }],
    })
    expect(Date.now() - started).toBeLessThan(4_000)
    const controller = new AbortController()
    setTimeout(() => controller.abort(), 50)
    const again = Date.now()
    await connectEngine([place], { signal: controller.signal })
    expect(Date.now() - again).toBeLessThan(1_000)
  })

  it('gives up one that stops in the middle of its answer', async () => {
    const place = await serve((request, response) => {
      if (request.url?.endsWith('_ping')) return response.end('OK')
      response.setHeader('Content-Length', 1000)
      response.write('{"ApiVersion":')
      return setTimeout(() => response.destroy(), 50)
    })
    const found = await connectEngine([place])
    expect(found).toMatchObject({ state: 'missing', tried: [{ outcome: 'the connection was cut off' }] })
  })

  it("is not led astray by this process's DOCKER_HOST", async () => {
    const before = process.env.DOCKER_HOST
    process.env.DOCKER_HOST = 'tcp://192.0.2.1:2375'
    try {
      const place = await serve(answers([], { version: { ApiVersion: '1.41' }, info: { ID: 'X' } }))
      expect(await connectEngine([place])).toMatchObject({ state: 'available', info: { id: 'X' } })
    } finally {
      if (before === undefined) delete process.env.DOCKER_HOST
      else process.env.DOCKER_HOST = before
    }
  })

  it('works over TCP on loopback', async () => {
    const server = createServer(answers([], { version: { ApiVersion: '1.41' }, info: { ID: 'X' } }))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const address = server.address()
    const port = typeof address === 'object' ? address?.port : 0
    try {
      const found = await connectEngine([at(`tcp://127.0.0.1:${port}`, true)])
      expect(found).toMatchObject({ state: 'available', info: { id: 'X', sameMachine: false } })
    } finally {
      server.closeAllConnections()
      server.close()
    }
  })
})
