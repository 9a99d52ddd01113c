import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { request as httpRequest, type IncomingHttpHeaders } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { os } from '@orpc/server'
import pino from 'pino'
import { z } from 'zod'
import { type Database, openDatabase } from '../../../src/main/database/open.ts'
import { type HttpDoor, type HttpDoorOptions, openHttpDoor } from '../../../src/main/doors/http-door.ts'
import type { DoorContext, PanelContext, PanelRouter, Router } from '../../../src/main/doors/router.ts'
import { LightNodeError } from '../../../src/shared/errors.ts'

export const PANEL = { username: 'panel-alpha', password: 'PanelPassw0rd' }
export const ALPHA = 'server-alpha'
export const BETA = 'server-beta'

export interface Answer {
  status: number
  headers: IncomingHttpHeaders
  text: string
  // biome-ignore lint/suspicious/noExplicitAny: the tests look into it as they please
  json: any
}

export interface TestDoor {
  door: HttpDoor
  database: Database
  /** Every log line, as text. */
  log: string[]
  clock: { now: number }
  streams: { open: number }
  send(method: string, path: string, options?: SendOptions): Promise<Answer>
  /** Signs in and gives the cookie's name=value. */
  signIn(): Promise<string>
  signInToPanel(serverId: string): Promise<string>
  close(): Promise<void>
}

export interface SendOptions {
  headers?: Record<string, string>
  body?: string
  cookie?: string
  /** Without our own header and content type. */
  bare?: boolean
}

/** A real door on a real port, with a small router behind it instead of LightNode. */
export async function openTestDoor(options: Partial<HttpDoorOptions> = {}): Promise<TestDoor> {
  const folder = mkdtempSync(join(tmpdir(), 'lightnode-door-'))
  writeRenderer(join(folder, 'renderer'))
  const database = openDatabase(':memory:')
  addServers(database)
  const log: string[] = []
  const clock = { now: Date.now() }
  const streams = { open: 0 }
  const door = await openHttpDoor({
    router: createTestRouter(streams) as unknown as Router,
    panelRouter: createTestPanelRouter(),
    database,
    verifyPanel: async (serverId, username, password) =>
      serverId === ALPHA && username === PANEL.username && password === PANEL.password,
    worldFile: () => {
      throw new LightNodeError('NOT_FOUND')
    },
    rendererDir: join(folder, 'renderer'),
    ports: [],
    operator: true,
    logger: pino({ level: 'debug' }, { write: (line: string) => void log.push(line) }),
    now: () => clock.now,
    ...options,
  })
  const send = (method: string, path: string, how: SendOptions = {}) => ask(door.port, method, path, how)
  return {
    door,
    database,
    log,
    clock,
    streams,
    send,
    async signIn() {
      const code = new URL(door.signInUrl()).hash.slice('#code='.length)
      return cookieOf(await send('POST', '/session', { body: JSON.stringify({ code }) }))
    },
    async signInToPanel(serverId) {
      return cookieOf(await send('POST', `/panel/${serverId}/session`, { body: JSON.stringify(PANEL) }))
    },
    async close() {
      await door.close()
      database.close()
      rmSync(folder, { recursive: true })
    },
  }
}

export function cookieOf(answer: Answer): string {
  const [cookie] = answer.headers['set-cookie'] ?? []
  if (answer.status !== 204 || !cookie) throw new Error(`not signed in: ${answer.status} ${answer.text}`)
  return cookie.split(';')[0]!
}

/** Sends exactly this path and these headers: no client in between that would mend them. */
export function ask(port: number, method: string, path: string, how: SendOptions = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const headers = {
      ...(how.bare ? {} : { 'x-lightnode': '1' }),
      ...(how.body === undefined || how.bare ? {} : { 'content-type': 'application/json' }),
      ...(how.cookie ? { cookie: how.cookie } : {}),
      ...how.headers,
    }
    const request = httpRequest(
      { host: '127.0.0.1', port, method, path, headers, agent: false },
      (response) => {
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        response.on('error', reject)
        response.on('end', () => {
          const text = Buffer.concat(chunks).toString('utf8')
          const isJson = (response.headers['content-type'] ?? '').startsWith('application/json')
          const json = isJson && text ? JSON.parse(text) : {}
          resolve({ status: response.statusCode ?? 0, headers: response.headers, text, json })
        })
      },
    )
    request.on('error', reject)
    request.end(how.body)
  })
}

export type TestRouter = ReturnType<typeof createTestRouter>

function createTestRouter(streams: { open: number }) {
  const base = os.$context<DoorContext>()
  return {
    who: base.handler(({ context }) => ({ actor: context.actor, clipboard: context.clipboard })),
    echo: base.input(z.strictObject({ text: z.string() })).handler(({ input }) => input.text.length),
    refuse: base.handler(() => {
      throw new LightNodeError('NAME_TAKEN')
    }),
    fail: base.handler(() => {
      throw new Error('SecretCause at /some/path')
    }),
    stream: base.handler(async function* ({ signal }) {
      streams.open += 1
      try {
        yield { type: 'hello' }
        await new Promise((resolve) => signal?.addEventListener('abort', resolve))
      } finally {
        streams.open -= 1
      }
    }),
  }
}

function createTestPanelRouter(): PanelRouter {
  const base = os.$context<PanelContext>()
  return { server: base.handler(({ context }) => context.serverId) } as unknown as PanelRouter
}

function addServers(database: Database): void {
  const region = database.prepare<[], { id: string }>('SELECT id FROM regions').get()
  if (!region) database.exec("INSERT INTO regions (id, name) VALUES ('local', 'local')")
  const host = database.prepare<[], { id: string }>('SELECT id FROM hosts').get()
  if (!host) database.exec("INSERT INTO hosts (id, region_id, name) VALUES ('local', 'local', 'local')")
  const insert = database.prepare(
    `INSERT INTO servers (id, owner, name, name_key, status, desired, type, version, memory_mb, disk_gb, host_id,
       address, container_name, volume_name, rcon_password, panel_username, panel_password, eula_accepted_at,
       created_at)
     VALUES (@id, 'o', @id, @id, 'stopped', 'stopped', 'PAPER', 'LATEST', 1024, 1, 'local', '10.0.0.1', @id, @id,
       'sealed', @id, 'sealed', 0, 0)`,
  )
  for (const id of [ALPHA, BETA]) insert.run({ id })
}

function writeRenderer(folder: string): void {
  mkdirSync(join(folder, 'assets'), { recursive: true })
  const page = (title: string) =>
    `<!doctype html><title>${title}</title><link rel="icon" href="./icon.svg"><meta property="csp-nonce" nonce="__CSP_NONCE__"><style nonce="__CSP_NONCE__"></style>`
  writeFileSync(join(folder, 'index.html'), page('LightNode'))
  writeFileSync(join(folder, 'panel.html'), page('LightNode panel'))
  writeFileSync(join(folder, 'assets', 'index-1a2b3c4d.js'), 'export {}\n')
  writeFileSync(join(folder, 'icon.svg'), '<svg xmlns="http://www.w3.org/2000/svg"/>')
}
