import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { LightNodeError } from '../../../src/shared/errors.ts'
import { ALPHA, openTestDoor, type TestDoor } from './open-door.ts'

let folder: string
let door: TestDoor
const path = '/download/world/abc123'
const name = 'größe (1) — "x".tar.gz'

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'lightnode-download-'))
  const file = join(folder, 'backup.tar.gz')
  writeFileSync(file, Buffer.alloc(300_000, 'world'))
  door = await openTestDoor({
    worldFile(id) {
      if (id !== 'abc123') throw new LightNodeError('NOT_FOUND')
      return { path: file, name }
    },
  })
})

afterEach(async () => {
  await door.close()
  rmSync(folder, { recursive: true, force: true })
})

describe('the download of a backup', () => {
  test('is the file as it is, to be kept under its name and nowhere else', async () => {
    const cookie = await door.signIn()
    const answer = await door.send('GET', path, { cookie, bare: true })
    expect(answer.status).toBe(200)
    expect(answer.headers).toMatchObject({
      'content-type': 'application/gzip',
      'content-length': '300000',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'content-disposition': `attachment; filename="gr__e__1_____x_.tar.gz"; filename*=UTF-8''gr%C3%B6%C3%9Fe%20%281%29%20%E2%80%94%20%22x%22.tar.gz`,
    })
    expect(answer.text).toHaveLength(300_000)
    const head = await door.send('HEAD', path, { cookie, bare: true })
    expect([head.status, head.headers['content-length'], head.text]).toEqual([200, '300000', ''])
  })

  test('is nobody’s who is not signed in to the whole interface', async () => {
    expect((await door.send('GET', path, { bare: true })).status).toBe(401)
    const panel = await door.signInToPanel(ALPHA)
    expect((await door.send('GET', path, { cookie: panel, bare: true })).status).toBe(401)
    const cookie = await door.signIn()
    const elsewhere = { cookie, bare: true, headers: { host: 'evil.example' } }
    expect((await door.send('GET', path, elsewhere)).status).toBe(403)
  })

  test.each([
    ['GET', '/download/world/other', 404],
    ['GET', '/download/world/', 404],
    ['GET', '/download/world', 404],
    ['GET', '/download/world/abc123/more', 404],
    ['GET', '/download/world/..%2f..%2fetc', 404],
    ['POST', path, 404],
    ['DELETE', path, 404],
  ])('%s %s is answered with %i', async (method, wanted, status) => {
    const cookie = await door.signIn()
    const headers = { accept: 'text/html' }
    expect((await door.send(method, wanted, { cookie, headers })).status).toBe(status)
  })

  test('of a file that is gone since says so', async () => {
    const cookie = await door.signIn()
    rmSync(join(folder, 'backup.tar.gz'))
    expect((await door.send('GET', path, { cookie, bare: true })).status).toBe(404)
  })

  test('is not there where the door has the panel pages alone', async () => {
    const desktop = await openTestDoor({ operator: false, worldFile: () => ({ path: '/etc/passwd', name }) })
    try {
      expect((await desktop.send('GET', path, { bare: true })).status).toBe(404)
    } finally {
      await desktop.close()
    }
  })
})
