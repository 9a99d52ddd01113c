import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createORPCClient } from '@orpc/client'
import { RPCLink } from '@orpc/client/fetch'
import type { ContractRouterClient } from '@orpc/contract'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type App, createApp } from '../../src/main/app.ts'
import type { contract, panelContract } from '../../src/shared/contract.ts'

type Client = ContractRouterClient<typeof contract>

let folder: string
let app: App
let client: Client
let cookie: string
const dockerHost = process.env.DOCKER_HOST

/** The whole application behind its door, without an engine: servers are reserved and wait. */
async function open(mode: 'browser' | 'desktop', port: number | null = null): Promise<App> {
  return createApp({
    mode,
    dataDir: join(folder, 'data'),
    port,
    version: '0.0.0',
    demo: false,
    image: null,
    restore: null,
    rendererDir: join(folder, 'renderer'),
    keyring: null,
    clipboard: null,
  })
}

async function signIn(url: string, body: object): Promise<string> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-lightnode': '1' },
    body: JSON.stringify(body),
  })
  if (response.status !== 204) throw new Error(`${response.status} ${await response.text()}`)
  return response.headers.getSetCookie()[0]!.split(';')[0]!
}

const link = (url: string, headers: Record<string, string> = {}) =>
  new RPCLink({ url, headers: { 'x-lightnode': '1', ...headers } })

const operatorIn = async (running: App) => {
  const code = new URL(running.http.signInUrl()).hash.slice('#code='.length)
  return signIn(`${running.http.url}session`, { code })
}

beforeAll(async () => {
  process.env.DOCKER_HOST = 'unix:///nonexistent/lightnode-test.sock'
  folder = mkdtempSync(join(tmpdir(), 'lightnode-http-'))
  mkdirSync(join(folder, 'data'))
  mkdirSync(join(folder, 'renderer'))
  for (const page of ['index', 'panel'])
    writeFileSync(join(folder, 'renderer', `${page}.html`), `<title>${page}</title>`)
  app = await open('browser')
  cookie = await operatorIn(app)
  client = createORPCClient(link(`${app.http.url}rpc`, { cookie }))
})

afterAll(async () => {
  await app?.close()
  rmSync(folder, { recursive: true, force: true })
  if (dockerHost === undefined) delete process.env.DOCKER_HOST
  else process.env.DOCKER_HOST = dockerHost
})

test('every call of the contract is refused without a session', async () => {
  const stranger: Client = createORPCClient(link(`${app.http.url}rpc`))
  for (const call of [
    () => stranger.app.info(),
    () => stranger.servers.list(),
    () => stranger.servers.credentials({ id: 'any' }),
    () => stranger.settings.get(),
    () => stranger.events.stream(),
  ])
    await expect(call()).rejects.toMatchObject({ code: 'UNAUTHORIZED', defined: true })
})

test('wrong fields are named, and what belongs to the desktop is refused', async () => {
  const input = {
    name: '',
    memory: 0.1,
    diskSpace: 10,
    type: 'PAPER',
    version: 'LATEST',
    eula: true,
  } as never
  await expect(client.servers.create(input)).rejects.toMatchObject({
    code: 'INVALID_INPUT',
    data: {
      remedy: expect.any(String),
      fields: expect.arrayContaining([{ field: 'name', message: expect.any(String) }]),
    },
  })
  await expect(client.clipboard.write({ text: 'x', secret: true })).rejects.toMatchObject({
    code: 'UNSUPPORTED_HERE',
  })
})

test('a created server’s panel login works at its URL, for that server alone, and nothing is logged', async () => {
  const create = (name: string) => client.servers.create({ name, memory: 1, diskSpace: 1, acceptEula: true })
  const [first, second] = [await create('Door one'), await create('Door two')]
  const { username, password, url } = first.panel
  expect(url).toBe(app.http.panelUrl(first.id))
  expect(await (await fetch(url!)).text()).toContain('<title>panel</title>')

  const panelCookie = await signIn(`${url}/session`, { username, password })
  const panel = (base: string): ContractRouterClient<typeof panelContract> =>
    createORPCClient(link(`${base}/rpc`, { cookie: panelCookie }))
  expect(await panel(url!).server()).toMatchObject({ name: 'Door one', port: first.port })
  await expect(panel(second.panel.url!).server()).rejects.toMatchObject({ code: 'UNAUTHORIZED' })
  await expect(signIn(`${second.panel.url}/session`, { username, password })).rejects.toThrow('401')

  const log = readFileSync(join(folder, 'data', 'logs', 'lightnode.log'), 'utf8')
  for (const secret of [password, first.rconPassword, cookie.split('=')[1]!, panelCookie.split('=')[1]!])
    expect(log).not.toContain(secret)
})

test('the event stream begins with hello and ends when LightNode closes', async () => {
  const events = await client.events.stream()
  expect((await events.next()).value).toEqual({ type: 'hello' })
  const rest = (async () => {
    for await (const _ of events);
  })().catch((error: unknown) => error)
  const started = Date.now()
  await app.close()
  await rest
  expect(Date.now() - started).toBeLessThan(3000)
})

test('the desktop serves the panel on the remembered port, and nothing of the operator', async () => {
  const { port } = app.http
  app = await open('desktop')
  expect(app.http.port).toBe(port)
  expect(() => app.http.signInUrl()).toThrow()
  const answer = await fetch(`${app.http.url}rpc/servers/list`, {
    method: 'POST',
    headers: { 'x-lightnode': '1', cookie },
  })
  expect([answer.status, await answer.text()]).toEqual([404, expect.stringContaining('NOT_FOUND')])
})
