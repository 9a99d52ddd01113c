import { randomBytes } from 'node:crypto'
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import type Docker from 'dockerode'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { CAPABILITIES, isEulaRefusal, resolvedVersionFromPing } from '../../src/main/game/image.ts'
import { pingServer } from '../../src/main/game/ping.ts'
import { openRcon, RconRefused } from '../../src/main/game/rcon.ts'
import { GameUnreachable } from '../../src/main/game/wire.ts'
import { checkPing, checkRcon, parseAddress } from '../support/checker.ts'
import { hasEngine, localDocker, ownAddress, removeLabelled } from '../support/docker.ts'
import { buildGameImage, GameImageFailed, type Variant } from '../support/game-image/build.ts'
import {
  endOf,
  type GameContainerOptions,
  logHas,
  logOf,
  runGame,
  runInside,
} from '../support/game-image/container.ts'
import { hasRegistry, startRegistry } from '../support/registry.ts'

const engine = await hasEngine()
const label = `org.lightnode.test.game-image=${randomBytes(6).toString('hex')}`
const password = `Planted${randomBytes(6).toString('hex')}`

describe.skipIf(!engine)('the game image', () => {
  let image = ''
  const run = (options: Partial<GameContainerOptions> = {}) => runGame({ image, label, password, ...options })
  const variant = async (name: Variant, options: Partial<GameContainerOptions> = {}) =>
    run({ image: await buildGameImage({ variant: name, seconds: 2 }), ...options })
  const ping = (port: number) => pingServer({ host: ownAddress(), port, timeoutMs: 3000 })
  const rcon = (port: number, text = password) =>
    openRcon({ host: '127.0.0.1', port, password: { reveal: () => text }, timeoutMs: 3000 })

  beforeAll(async () => {
    image = await buildGameImage({ onLine: console.error })
  })
  afterEach(() => removeLabelled(label))
  afterAll(() => removeLabelled(label))

  test('is built once', async () => {
    const lines: string[] = []
    expect(await buildGameImage({ onLine: (line) => lines.push(line) })).toBe(image)
    expect(lines).toEqual([])
  })

  test("answers the product's and the checker's ping and RCON, with the product's settings", async () => {
    const { container, gamePort, rconPort } = await run({ env: { TYPE: 'PAPER' } })
    await logHas(container, 'RCON running')

    const seen = await ping(gamePort)
    expect(seen).toMatchObject({
      versionName: 'Paper 26.1',
      motd: 'Test world',
      players: { online: 0, max: 20 },
    })
    expect(resolvedVersionFromPing(seen.versionName)).toBe('26.1')
    expect(await checkPing(`${ownAddress()}:${gamePort}`)).toEqual({
      versionName: seen.versionName,
      protocol: seen.protocol,
      motd: 'Test world',
      online: 0,
      max: 20,
    })

    const connection = await rcon(rconPort)
    expect(await connection.command('list')).toBe('There are 0 of a max of 20 players online: ')
    const help = await connection.command('help')
    expect(Buffer.byteLength(help)).toBeGreaterThan(8192)
    expect(help).toMatch(/^\/command-0 .*\/command-199 \(<targets>\|<häuser>\) \[<count>\]$/)
    expect(await connection.command('nonsense')).toContain('Unknown or incomplete command')
    connection.close()
    expect(await checkRcon('127.0.0.1', rconPort, password, 'list')).toContain('players online')

    expect(await rcon(rconPort, 'wrong').catch((error: unknown) => error)).toBeInstanceOf(RconRefused)
    await expect(checkRcon('127.0.0.1', rconPort, 'wrong', 'list')).rejects.toThrow('Invalid RCON password')

    const inspected = JSON.stringify(await container.inspect())
    expect(inspected).not.toContain(password)
    expect((await logOf(container)).join('\n')).not.toContain(password)
  })

  test('takes a login as far as a well-formed disconnect', async () => {
    const { container, gamePort } = await run()
    await logHas(container, 'Done (')
    // Handshake (protocol 775, host "x", port 25565, next state 2), then the login start of "Tom", no UUID.
    const hello = [0x08, 0x00, 0x87, 0x06, 0x01, 0x78, 0x63, 0xdd, 0x02]
    const login = [0x15, 0x00, 0x03, 0x54, 0x6f, 0x6d, ...Array<number>(16).fill(0)]
    const socket = connect(gamePort, ownAddress())
    socket.write(Buffer.from([...hello, ...login]))
    const chunks: Buffer[] = []
    for await (const chunk of socket) chunks.push(chunk)
    const answer = Buffer.concat(chunks)
    expect([answer[0], answer[1], answer[2]]).toEqual([answer.length - 1, 0x00, answer.length - 3])
    expect(JSON.parse(answer.toString('utf8', 3))).toEqual({ text: 'This is a test server' })
  })

  test('runs as user 1000, becomes healthy, and keeps one world over restarts', async () => {
    const { container, gamePort } = await run()
    await logHas(container, 'Done (')
    expect((await logOf(container)).join('\n')).toContain('Running as uid=1000 gid=1000')
    expect(await capabilitiesOf(container)).toEqual({ uid: '1000', capabilities: '0000000000000000' })
    await expect.poll(() => healthOf(container), { timeout: 20_000, interval: 500 }).toBe('healthy')
    const first = await worldOf(container)
    expect(first.starts).toBe(1)

    await container.stop()
    expect(await endOf(container)).toMatchObject({ exitCode: 0, outOfMemory: false })
    expect((await logOf(container)).join('\n')).toContain('Saving worlds')
    expect(await ping(gamePort).catch((error: unknown) => error)).toBeInstanceOf(GameUnreachable)
    await container.start()
    await expect.poll(async () => (await worldOf(container)).starts).toBe(2)
    expect((await worldOf(container)).seed).toBe(first.seed)
  })

  test('stops by RCON, too', async () => {
    const { container, rconPort } = await run()
    await logHas(container, 'RCON running')
    const connection = await rcon(rconPort)
    expect(await connection.command('stop')).toBe('Stopping the server')
    connection.close()
    expect(await endOf(container)).toMatchObject({ exitCode: 0 })
  })

  test('without the EULA it says so and ends', async () => {
    const { container } = await run({ env: { EULA: undefined } })
    const end = await endOf(container)
    expect(end.exitCode).toBe(1)
    expect(isEulaRefusal(end.log)).toBe(true)
  })

  test.each([
    ['a password file of root', { passwordFile: { uid: 0, mode: 0o600 } }, 1, 'Permission denied'],
    ['no password file', { passwordFile: null }, 1, 'Initial RCON password file /lightnode/rcon-password'],
    ['no SETUID', { capabilities: CAPABILITIES.filter((name) => name !== 'SETUID') }, 1, 'failed switching'],
    ['no SETGID', { capabilities: CAPABILITIES.filter((name) => name !== 'SETGID') }, 1, 'failed switching'],
    [
      'no CHOWN',
      { capabilities: CAPABILITIES.filter((name) => name !== 'CHOWN') },
      2,
      'Unable to write eula',
    ],
  ])('with %s it ends', async (_name, options, exitCode, words) => {
    const { container } = await run(options)
    const end = await endOf(container)
    expect(end.log.join('\n')).toContain(words)
    expect(end.exitCode).toBe(exitCode)
    expect(isEulaRefusal(end.log)).toBe(false)
  })

  test("without DAC_OVERRIDE it can't take over a world of another user", async () => {
    const without = CAPABILITIES.filter((name) => name !== 'DAC_OVERRIDE')
    for (const [capabilities, starts] of [
      [without, false],
      [CAPABILITIES, true],
    ] as const) {
      const volume = await foreignWorld(image)
      const { container } = await run({ volume, capabilities })
      if (starts) await logHas(container, 'Done (')
      else expect((await endOf(container)).exitCode).not.toBe(0)
    }
  })

  describe('on request', () => {
    test('exits at its start', async () => {
      const { container } = await variant('exit-at-start')
      expect(await endOf(container)).toMatchObject({ exitCode: 1, outOfMemory: false })
    })

    test('refuses the EULA', async () => {
      const { container } = await variant('refuse-eula')
      const end = await endOf(container)
      expect(end.exitCode).toBe(1)
      expect(isEulaRefusal(end.log)).toBe(true)
    })

    test('eats memory until the kernel kills it', async () => {
      const { container } = await variant('eat-memory')
      expect(await endOf(container)).toMatchObject({ exitCode: 137, outOfMemory: true })
    })

    test('is never ready', async () => {
      const { container, gamePort } = await variant('never-ready')
      await logHas(container, 'Preparing spawn area')
      await sleep(2000)
      expect(await ping(gamePort).catch((error: unknown) => error)).toBeInstanceOf(GameUnreachable)
      expect((await container.inspect()).State.Running).toBe(true)
    })

    test('is slow', async () => {
      const start = Date.now()
      const { container, gamePort } = await variant('slow-start')
      await logHas(container, 'Done (')
      expect(Date.now() - start).toBeGreaterThan(7000)
      expect((await ping(gamePort)).versionName).toBe('26.1')
    })

    test('ignores SIGTERM', async () => {
      const { container, gamePort } = await variant('ignore-sigterm')
      await logHas(container, 'Done (')
      await container.stop({ t: 2 })
      expect(await endOf(container)).toMatchObject({ exitCode: 137, outOfMemory: false })
      expect(gamePort).toBeGreaterThan(0)
    })

    test('ends after a while', async () => {
      const { container } = await variant('exit-after')
      expect(await endOf(container)).toMatchObject({ exitCode: 3 })
      expect((await logOf(container)).join('\n')).toContain('Done (')
    })
  })

  test('without a base image there is one clear error, said beforehand', async () => {
    const lines: string[] = []
    const failure = await buildGameImage({
      base: 'public',
      publicImage: 'localhost:1/lightnode/none:1',
      onLine: (line) => lines.push(line),
    }).catch((error: unknown) => error)
    expect(failure).toBeInstanceOf(GameImageFailed)
    expect(String(failure)).toMatch(/^GameImageFailed: The game image could not be built: .+$/)
    expect(lines.join('\n')).toContain('needs one download')
  })

  test('can be built on an image with Node instead', async () => {
    const tag = await buildGameImage({ base: 'public', publicImage: image, name: 'lnt-game-public' })
    const { container, gamePort } = await run({ image: tag })
    await logHas(container, 'Done (')
    expect((await ping(gamePort)).versionName).toBe('26.1')
    await removeLabelled(label)
    await localDocker().getImage(tag).remove()
  })

  test.skipIf(!hasRegistry())('goes to a local registry and comes back', async () => {
    const registry = await startRegistry()
    const docker = localDocker()
    try {
      const reference = await registry.pushImage(image, { freshMegabytes: 4 })
      expect(reference).toBe(`${registry.host}/lightnode/game:1`)
      await expect(docker.getImage(reference).inspect()).rejects.toMatchObject({ statusCode: 404 })
      const stream = await docker.pull(reference)
      const lines = await new Promise<{ status?: string }[]>((resolve, reject) => {
        docker.modem.followProgress(stream, (error, output) => (error ? reject(error) : resolve(output)))
      })
      expect(lines.map(({ status }) => status)).toContain('Pull complete')
      await docker.getImage(reference).remove()
    } finally {
      await registry.stop()
    }
  })

  /** A volume whose world belongs to user 2000, closed to all others. */
  async function foreignWorld(tag: string): Promise<string> {
    const name = `lnt-game-${randomBytes(5).toString('hex')}`
    const [key = '', value = ''] = label.split('=')
    const docker = localDocker()
    await docker.createVolume({ Name: name, Labels: { [key]: value } })
    const script = `const fs = require('fs'); fs.mkdirSync('/data/world/region', { recursive: true })
      for (const path of ['/data/world/region', '/data/world']) { fs.chmodSync(path, 0o700); fs.chownSync(path, 2000, 2000) }`
    const container = await docker.createContainer({
      Image: tag,
      Labels: { [key]: value },
      Entrypoint: ['/usr/local/bin/node', '-e', script],
      HostConfig: { Binds: [`${name}:/data`] },
    })
    await container.start()
    expect((await endOf(container)).exitCode).toBe(0)
    return name
  }
})

async function healthOf(container: Docker.Container): Promise<string | undefined> {
  return (await container.inspect()).State.Health?.Status
}

const printed = (path: string): string => `process.stdout.write(require('fs').readFileSync('${path}'))`

async function worldOf(container: Docker.Container): Promise<{ seed: string; starts: number }> {
  return JSON.parse(await runInside(container, printed('/data/world/level.dat')))
}

/** Of the game's own process. */
async function capabilitiesOf(container: Docker.Container): Promise<{ uid: string; capabilities: string }> {
  const status = await runInside(container, printed('/proc/1/status'))
  const [, uid = ''] = /^Uid:\s+(\d+)/m.exec(status) ?? []
  const [, capabilities = ''] = /^CapEff:\s+(\w+)/m.exec(status) ?? []
  return { uid, capabilities }
}

test('the checker reads the address as it is shown, and no other', async () => {
  await expect(checkPing('127.0.0.1:25565')).rejects.toThrow('No other player could reach')
  expect(parseAddress('203.0.113.7:25571')).toEqual({ host: '203.0.113.7', port: 25571 })
  expect(parseAddress('[2001:db8::7]:25571')).toEqual({ host: '2001:db8::7', port: 25571 })
  expect(parseAddress('play.example.org:25571')).toEqual({ host: 'play.example.org', port: 25571 })
  for (const text of ['203.0.113.7', '2001:db8::7:25571', '[x]:1', 'a:0', 'a:70000', ':1', 'http://a:1'])
    expect(() => parseAddress(text)).toThrow('not an address')
})
