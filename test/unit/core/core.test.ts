import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { refreshAddresses } from '../../../src/main/servers/hosts.ts'
import { noEngine, serverInput, startCore, type TestCoreOptions } from '../../support/core.ts'
import { failureOf } from './kit.ts'

const addresses = ['192.0.2.7', '2001:db8::7']

async function start(options: TestCoreOptions = {}) {
  const running = await startCore({ watch: noEngine(), addresses, ...options })
  onTestFinished(() => running.destroy())
  return running
}

/** Every file of a folder, whole. */
function contents(folder: string): string {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name !== 'data.key')
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1'))
    .join('\n')
}

describe('the core without an engine', () => {
  test('reserves, answers, and lets the server wait', async () => {
    const { core, until } = await start()
    const created = await core.servers.create(serverInput({ name: 'Skyblock' }), 'test')
    expect(created).toMatchObject({ name: 'Skyblock', ipAddress: '192.0.2.7', addressFinal: false })
    const waiting = await until(created.id, ({ status }) => status === 'waiting', 5000)
    expect(waiting.run).toMatchObject({ state: 'waiting', endedAt: null })
    expect(await core.engine.status()).toMatchObject({
      state: 'missing',
      problem: { code: 'ENGINE_UNREACHABLE' },
    })
    const { counts, ports, first, last } = core.ports.view('local', 'game')
    expect([first, last, ports.length]).toEqual([25565, 26000, 436])
    expect(counts.free + counts.reserved + counts.blocked).toBe(436)
    expect(counts.reserved).toBe(1)
    expect(ports.find(({ port }) => port === created.port)).toMatchObject({
      state: 'reserved',
      server: { id: created.id, name: 'Skyblock' },
    })
  })

  test('knows the server again after a restart, with the same credentials, and goes on with its run', async () => {
    const first = await startCore({ watch: noEngine(), addresses })
    const created = await first.core.servers.create(serverInput(), 'test')
    const before = await first.until(created.id, ({ status }) => status === 'waiting', 5000)
    await first.stop()
    const second = await start({ dataDir: first.dataDir })
    expect(second.installationId).toBe(first.installationId)
    expect(second.core.servers.credentials(created.id, 'test')).toMatchObject({
      rconPassword: created.rconPassword,
      panel: created.panel,
    })
    const after = await second.until(created.id, ({ status }) => status === 'waiting', 5000)
    expect(after.run?.id).toBe(before.run?.id)
    expect(second.core.servers.list()).toHaveLength(1)
  })

  test('leaves no secret in any file of its folder but the key', async () => {
    const { core, database, dataDir } = await start()
    const created = await core.servers.create(serverInput(), 'test')
    core.servers.credentials(created.id, 'test')
    expect(core.servers.verifyPanel(created.id, created.panel.username, created.panel.password)).toBe(true)
    expect(core.servers.verifyPanel(created.id, created.panel.username, `${created.panel.password}x`)).toBe(
      false,
    )
    expect(core.servers.verifyPanel(created.id, 'x', created.panel.password)).toBe(false)
    expect(core.servers.verifyPanel('none', created.panel.username, created.panel.password)).toBe(false)
    database.pragma('wal_checkpoint(TRUNCATE)')
    const text = contents(dataDir)
    // The search finds what is there.
    expect(text).toContain(created.panel.username)
    for (const secret of [created.rconPassword, created.panel.password]) expect(text).not.toContain(secret)
    for (const shown of [core.servers.list(), core.activity.list(100, null), core.settings.get()])
      expect(JSON.stringify(shown)).not.toContain(created.rconPassword)
  })

  test('records who revealed credentials', async () => {
    const { core } = await start()
    const { id, name } = await core.servers.create(serverInput(), 'browser')
    core.servers.credentials(id, 'browser')
    expect(core.activity.list(1, id)).toMatchObject([
      { actor: 'browser', action: 'credentials.revealed', serverId: id, serverName: name, level: 'info' },
    ])
    expect(core.activity.list(100, 'none')).toEqual([])
  })

  test('says NOT_FOUND for what is not there', async () => {
    const { core } = await start()
    for (const ask of [
      () => core.servers.get('none'),
      () => core.servers.credentials('none', 'test'),
      () => core.servers.start('none', 'test'),
      () => core.servers.stop('none', 'test'),
      () => core.servers.changePort('none', 'test'),
      () => core.servers.logs('none', 10),
      () => core.ports.view('none', 'game'),
      () => core.ports.check('none', 'game'),
    ])
      expect((await failureOf(ask)).code).toBe('NOT_FOUND')
  })

  test('gives up a launch that waits for an engine', async () => {
    const { core } = await start()
    const { id } = await core.servers.create(serverInput(), 'test')
    expect(await core.servers.stop(id, 'test')).toMatchObject({
      status: 'stopped',
      run: { state: 'cancelled' },
      task: null,
    })
  })
})

describe('the address of this machine', () => {
  test('follows the machine: a server whose address is gone gets the best one there is', async () => {
    const { core, database } = await start()
    const { id } = await core.servers.create(serverInput(), 'test')
    refreshAddresses(database, ['2001:db8::7', '192.0.2.7'])
    expect(core.servers.get(id).ipAddress).toBe('192.0.2.7')
    refreshAddresses(database, ['198.51.100.4'])
    expect(core.servers.get(id).ipAddress).toBe('198.51.100.4')
    // Without a network for the moment, what was known stays.
    refreshAddresses(database, [])
    expect(core.servers.get(id).ipAddress).toBe('198.51.100.4')
  })

  test('gives way to the public one for servers that are there already', async () => {
    const { core } = await start()
    const { id } = await core.servers.create(serverInput(), 'test')
    core.hosts.update({ id: 'local', publicAddress: 'play.example.org' })
    expect(core.servers.get(id).ipAddress).toBe('play.example.org')
    expect(core.servers.credentials(id, 'test').ipAddress).toBe('play.example.org')
    core.hosts.update({ id: 'local', publicAddress: null })
    expect(core.servers.get(id).ipAddress).toBe('192.0.2.7')
  })
})

test('every change is told to whoever listens', async () => {
  const { core } = await start()
  const abort = new AbortController()
  const seen: string[] = []
  const listening = (async () => {
    for await (const event of core.events.subscribe(abort.signal)) seen.push(event.type)
  })()
  await core.servers.create(serverInput(), 'test')
  core.hosts.update({ id: 'local', publicAddress: 'play.example.org' })
  await new Promise((resolve) => setTimeout(resolve, 50))
  abort.abort()
  await listening
  expect([...new Set(seen)].sort()).toEqual(['activity', 'ports', 'server', 'settings'])
})
