import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { findEngine, ping } from '../../../scripts/lib/engine.mjs'

const probes = (other = {}) => {
  const asked = []
  const answer = other.answer ?? (() => 'none')
  return {
    asked,
    env: {},
    platform: 'linux',
    home: '/home/u',
    uid: 1000,
    read: () => undefined,
    ping: async (where) => {
      asked.push(where)
      return answer(where)
    },
    ...other,
  }
}

describe('findEngine', () => {
  test('looks at the usual places, the own user folder of a missing XDG_RUNTIME_DIR included', async () => {
    const machine = probes()
    expect(await findEngine(machine)).toEqual({ answers: false, denied: false })
    const paths = machine.asked.map(({ socketPath }) => socketPath)
    expect(paths[0]).toBe('/var/run/docker.sock')
    expect(paths).toContain('/run/user/1000/docker.sock')
    expect(paths).toContain('/home/u/.colima/default/docker.sock')
  })

  test('stops at the first that answers', async () => {
    const machine = probes({ answer: () => 'answers' })
    expect(await findEngine(machine)).toEqual({ answers: true, denied: false })
    expect(machine.asked).toHaveLength(1)
  })

  test('DOCKER_HOST is the only place asked, and is named even when silent', async () => {
    const machine = probes({ env: { DOCKER_HOST: 'tcp://[::1]:2376' } })
    expect(await findEngine(machine)).toEqual({ answers: false, denied: false, named: 'DOCKER_HOST' })
    expect(machine.asked).toEqual([{ host: '::1', port: 2376 }])
  })

  test('an engine by ssh is named and never asked', async () => {
    const machine = probes({ env: { DOCKER_HOST: 'ssh://far' } })
    expect((await findEngine(machine)).named).toBe('DOCKER_HOST')
    expect(machine.asked).toEqual([])
  })

  test('so is a docker context; the default one names nothing', async () => {
    const id = createHash('sha256').update('colima').digest('hex')
    const files = {
      '/home/u/.docker/config.json': '{"currentContext":"colima"}',
      [`/home/u/.docker/contexts/meta/${id}/meta.json`]: '{"Endpoints":{"docker":{"Host":"unix:///c.sock"}}}',
    }
    const machine = probes({ read: (file) => files[file], answer: () => 'answers' })
    expect(await findEngine(machine)).toEqual({
      answers: true,
      denied: false,
      named: 'the docker context colima',
    })
    expect(machine.asked).toEqual([{ socketPath: '/c.sock' }])
    expect((await findEngine(probes({ read: () => '{"currentContext":"default"}' }))).named).toBeUndefined()
    expect((await findEngine(probes({ read: () => 'not json' }))).named).toBeUndefined()
  })

  test('one that refuses this user is told apart', async () => {
    expect(await findEngine(probes({ answer: () => 'denied' }))).toEqual({ answers: false, denied: true })
  })
})

describe('ping', () => {
  let folder
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'lightnode-ping-'))
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  test('a socket file without an engine is none; GET /_ping decides', async () => {
    const socketPath = join(folder, 'd.sock')
    expect(await ping({ socketPath })).toBe('none')
    const server = createServer((request, response) => {
      response.statusCode = request.url === '/_ping' ? 200 : 404
      response.end()
    })
    await new Promise((done) => server.listen(socketPath, done))
    expect(await ping({ socketPath })).toBe('answers')
    await new Promise((done) => server.close(done))
  })
})
