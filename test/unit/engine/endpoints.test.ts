import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { findEndpoints, isRemote } from '../../../src/main/engine/endpoints.ts'
import type { FindOptions } from '../../../src/main/engine/found-endpoint.ts'

let home: string
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'lnt-endpoints-'))
})
afterEach(() => rm(home, { recursive: true }))

const find = (env: FindOptions['env'] = {}, rest: Partial<FindOptions> = {}) =>
  findEndpoints({ env, platform: 'linux', home, ...rest })

async function writeContext(name: string, docker: object, folder = join(home, '.docker')) {
  const digest = createHash('sha256').update(name).digest('hex')
  const meta = join(folder, 'contexts', 'meta', digest)
  await mkdir(meta, { recursive: true })
  await writeFile(
    join(meta, 'meta.json'),
    JSON.stringify({ Name: name, Metadata: {}, Endpoints: { docker } }),
  )
  return join(folder, 'contexts', 'tls', digest, 'docker')
}

async function useContext(name: string, folder = join(home, '.docker')) {
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, 'config.json'), JSON.stringify({ auths: {}, currentContext: name }))
}

describe('the order of search', () => {
  it('is the documented one on Linux', async () => {
    const found = await find({ XDG_RUNTIME_DIR: '/run/user/1000' })
    expect(found.every(({ explicit }) => !explicit)).toBe(true)
    expect(found.map(({ endpoint }) => endpoint.replace(home, '~'))).toEqual([
      'unix:///var/run/docker.sock',
      'unix:///run/user/1000/docker.sock',
      'unix://~/.docker/desktop/docker.sock',
      'unix://~/.docker/run/docker.sock',
      'unix://~/.colima/default/docker.sock',
      'unix://~/.config/colima/default/docker.sock',
      'unix://~/.rd/docker.sock',
      'unix://~/.orbstack/run/docker.sock',
      'unix:///run/user/1000/podman/podman.sock',
      'unix:///run/podman/podman.sock',
      'unix://~/.local/share/containers/podman/machine/podman.sock',
    ])
  })

  it("finds the runtime folder by the user's number", async () => {
    const endpoints = (await find({}, { uid: 1001 })).map(({ endpoint }) => endpoint)
    expect(endpoints).toContain('unix:///run/user/1001/docker.sock')
    expect(endpoints).toContain('unix:///run/user/1001/podman/podman.sock')
    expect((await find()).some(({ source }) => source.startsWith('rootless'))).toBe(false)
  })

  it('knows macOS and Windows', async () => {
    const mac = (await find({ TMPDIR: '/var/folders/T/' }, { platform: 'darwin', uid: 501 })).map(
      ({ endpoint }) => endpoint,
    )
    expect(mac).toContain('unix:///var/folders/T/podman/podman-machine-default-api.sock')
    expect(mac.some((endpoint) => endpoint.includes('/run/user/'))).toBe(false)
    expect((await find({}, { platform: 'win32' })).map(({ endpoint }) => endpoint)).toEqual([
      'npipe:////./pipe/docker_engine',
      'npipe:////./pipe/dockerDesktopLinuxEngine',
      'npipe:////./pipe/podman-machine-default',
    ])
  })

  it('lists no place twice', async () => {
    const found = await find({ COLIMA_HOME: join(home, '.colima') })
    const endpoints = found.map(({ endpoint }) => endpoint)
    expect(new Set(endpoints).size).toBe(endpoints.length)
  })
})

describe('DOCKER_HOST', () => {
  it.each([
    ['unix:///tmp/x.sock', 'unix:///tmp/x.sock'],
    ['unix://', 'unix:///var/run/docker.sock'],
    ['127.0.0.1:2375', 'tcp://127.0.0.1:2375'],
    [' ssh://root@far ', 'ssh://far'],
    ['tcp://user:secret@localhost:2375', 'tcp://localhost:2375'],
  ])('%s is the one place', async (DOCKER_HOST, endpoint) => {
    await writeContext('other', { Host: 'unix:///other.sock' })
    await useContext('other')
    const found = await find({ DOCKER_HOST, DOCKER_CONTEXT: 'other' })
    expect(found).toEqual([{ source: 'DOCKER_HOST', endpoint, explicit: true }])
  })

  it('counts as absent when it is empty', async () => {
    expect((await find({ DOCKER_HOST: '' })).length).toBeGreaterThan(1)
  })

  it('brings its TLS files', async () => {
    const DOCKER_HOST = 'tcp://127.0.0.1:2376'
    const [own] = await find({ DOCKER_HOST, DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: '/certs' })
    expect(own?.tls).toEqual({ directory: '/certs', verify: true })
    const [usual] = await find({ DOCKER_HOST, DOCKER_TLS_VERIFY: '1' })
    expect(usual?.tls?.directory).toBe(join(home, '.docker'))
    const [socket] = await find({ DOCKER_HOST: 'unix:///x.sock', DOCKER_TLS_VERIFY: '1' })
    expect(socket?.tls).toBeUndefined()
  })
})

describe('the docker context', () => {
  it('is the one in use', async () => {
    await writeContext('colima', { Host: 'unix:///colima.sock' })
    await useContext('colima')
    expect(await find()).toEqual([
      { source: 'docker context colima', endpoint: 'unix:///colima.sock', explicit: true },
    ])
  })

  it('is DOCKER_CONTEXT before the one in use', async () => {
    await writeContext('a', { Host: 'unix:///a.sock' })
    await writeContext('b', { Host: 'tcp://127.0.0.1:2375' })
    await useContext('a')
    expect(await find({ DOCKER_CONTEXT: 'b' })).toMatchObject([{ endpoint: 'tcp://127.0.0.1:2375' }])
    expect((await find({ DOCKER_CONTEXT: 'default' })).length).toBeGreaterThan(1)
  })

  it('lives where DOCKER_CONFIG says', async () => {
    const folder = join(home, 'elsewhere')
    await writeContext('a', { Host: 'unix:///a.sock' }, folder)
    await useContext('a', folder)
    expect(await find({ DOCKER_CONFIG: folder })).toMatchObject([{ endpoint: 'unix:///a.sock' }])
    expect((await find()).length).toBeGreaterThan(1)
  })

  it('brings its TLS folder', async () => {
    const tls = await writeContext('secure', { Host: 'tcp://127.0.0.1:2376', SkipTLSVerify: true })
    await mkdir(tls, { recursive: true })
    await writeFile(join(tls, 'ca.pem'), '')
    expect(await find({ DOCKER_CONTEXT: 'secure' })).toMatchObject([
      { tls: { directory: tls, verify: false } },
    ])
  })

  it('is a fault when it is named and not there', async () => {
    expect(await find({ DOCKER_CONTEXT: 'gone' })).toEqual([
      {
        source: 'docker context gone',
        endpoint: '',
        explicit: true,
        fault: 'there is no such docker context',
      },
    ])
  })

  it('is none with an unreadable config or the default', async () => {
    await useContext('default')
    expect((await find()).length).toBeGreaterThan(1)
    await writeFile(join(home, '.docker', 'config.json'), '{ not json')
    expect((await find()).length).toBeGreaterThan(1)
  })
})

describe('isRemote', () => {
  it.each([
    'ssh://me@far',
    'tcp://192.168.1.5:2375',
    'tcp://docker.example:2376',
    'https://docker.example',
    'tcp://0.0.0.0:2375',
    'tcp://localhost.example:2375',
    'tcp://[2001:db8::1]:2375',
    'npipe:////server/pipe/docker_engine',
    'tcp://',
  ])('%s is', (endpoint) => expect(isRemote(endpoint)).toBe(true))

  it.each([
    'unix:///var/run/docker.sock',
    'npipe:////./pipe/docker_engine',
    'tcp://localhost:2375',
    'tcp://LOCALHOST:2375',
    'tcp://127.0.0.1:2375',
    'tcp://127.1.2.3:2375',
    'tcp://127.1:2375',
    'https://[::1]:2376',
  ])('%s is not', (endpoint) => expect(isRemote(endpoint)).toBe(false))
})
