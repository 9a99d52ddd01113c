import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeAll, describe, expect, test } from 'vitest'
import { type BrowserProcess, makeDataDir, removeDataDir, startBrowserProcess } from '../support/app.ts'
import { signIn } from '../support/client.ts'
import { hasEngine, localDocker } from '../support/docker.ts'
import { buildGameImage } from '../support/game-image/build.ts'

/** The files of a folder, all the way down, as bytes; sockets are passed over. */
async function filesOf(folder: string): Promise<{ path: string; bytes: Buffer }[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  return Promise.all(paths.map(async (path) => ({ path, bytes: await readFile(path) })))
}

const holding = (files: { path: string; bytes: Buffer }[], text: string) =>
  files.filter(({ bytes }) => bytes.includes(text)).map(({ path }) => path)

describe.skipIf(!(await hasEngine()))('secrets', () => {
  let dataDir: string
  let running: BrowserProcess | undefined

  beforeAll(() => {
    process.env.LIGHTNODE_LOG_LEVEL = 'trace'
  })

  afterEach(async () => {
    await running?.stop()
    running = undefined
    await removeDataDir(dataDir)
  })

  test('no log, output, error or database holds one, whatever is done with it', async () => {
    dataDir = await makeDataDir()
    running = await startBrowserProcess(['--data-dir', dataDir, '--image', await buildGameImage()])
    const { origin } = new URL(running.ready.url)
    const { client, cookie, code } = await signIn(running.ready.url)
    const name = 'A name to find'
    const created = await client.servers.create({ name, memory: 0.5, diskSpace: 1, acceptEula: true })
    await expect
      .poll(async () => (await client.servers.get({ id: created.id })).status, { timeout: 60_000 })
      .toBe('online')
    await client.servers.credentials({ id: created.id })
    const logs = await client.servers.logs({ id: created.id, lines: 1000 })

    // What people mistype and scripts try: a secret in the wrong place.
    const refused: string[] = []
    const plant = async (path: string, body: unknown) => {
      const headers = { 'content-type': 'application/json', 'x-lightnode': '1', cookie }
      const response = await fetch(`${origin}${path}`, {
        method: 'POST',
        headers,
        body: JSON.stringify(body),
      })
      refused.push(`${response.status} ${await response.text()}`)
    }
    const planted = 'PlantedSecret0123456789'
    await plant('/session', { code: planted })
    await plant(`/panel/${created.id}/session`, { username: created.panel.username, password: planted })
    await plant('/rpc/servers/create', { json: { name: { password: planted }, memory: planted } })
    await plant(`/rpc/servers/get?token=${planted}`, { json: { id: created.rconPassword } })
    const panel = await fetch(`${origin}/panel/${created.id}/session`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-lightnode': '1' },
      body: JSON.stringify({ username: created.panel.username, password: created.panel.password }),
    })
    expect(panel.status).toBe(204)
    const panelToken = panel.headers.get('set-cookie')?.split(';')[0]?.split('=')[1] ?? ''
    await client.servers.stop({ id: created.id })
    const inspected = JSON.stringify(
      await localDocker()
        .getContainer((await client.servers.get({ id: created.id })).containerName)
        .inspect(),
    )

    // Once while everything is open and the log is fresh, once after the database's log was folded in.
    const before = await filesOf(dataDir)
    expect(await running.stop()).toBe(0)
    const files = [...before, ...(await filesOf(dataDir))]
    const output = running.output()

    // The search finds what is there.
    expect(holding(files, name).some((path) => path.includes('lightnode.db'))).toBe(true)
    expect(holding(files, 'request').some((path) => path.endsWith('lightnode.log'))).toBe(true)

    const token = cookie.split('=')[1] ?? ''
    expect(
      [created.rconPassword, created.panel.password, token, panelToken].every((text) => text.length >= 12),
    ).toBe(true)
    for (const secret of [created.rconPassword, created.panel.password, token, panelToken, planted]) {
      expect(holding(files, secret)).toEqual([])
      expect(output).not.toContain(secret)
      expect(inspected).not.toContain(secret)
      expect(logs.join('\n')).not.toContain(secret)
      expect(refused.join('\n')).not.toContain(secret)
    }
    // The one secret that standard output may show, and no file.
    expect(output).toContain(code)
    expect(holding(files, code)).toEqual([])
  })
})
