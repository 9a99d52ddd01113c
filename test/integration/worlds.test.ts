import { mkdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { afterEach, beforeAll, describe, expect, test } from 'vitest'
import { openHttpDoor } from '../../src/main/doors/http-door.ts'
import { createPanelRouter, createRouter } from '../../src/main/doors/router.ts'
import { createLogger } from '../../src/main/observe/logger.ts'
import { checkRcon } from '../support/checker.ts'
import { signIn } from '../support/client.ts'
import type { TestCore } from '../support/core.ts'
import { hasEngine, localDocker } from '../support/docker.ts'
import { buildGameImage } from '../support/game-image/build.ts'
import { inContainer, online, TASK_LIMIT_MS, withoutSecretFiles, worldTools } from './worlds-kit.ts'

describe.skipIf(!(await hasEngine()))('worlds on a real engine', () => {
  let image: string
  let running: TestCore
  const docker = localDocker()

  beforeAll(async () => {
    image = await buildGameImage()
  })

  afterEach(() => running.destroy())

  const { open, idle, look, backUp, ours } = worldTools(docker, {
    image: () => image,
    get: () => running,
    set: (opened) => {
      running = opened
    },
  })

  test('backed up, damaged and restored, every file of a world is the same', async () => {
    const server = await open()
    const { core } = running
    await core.servers.stop(server.id, 'test')
    const before = await look(server.volumeName)
    expect(Object.keys(before).length).toBeGreaterThan(30)
    const backup = await backUp(server.id)
    expect((await core.worlds.verify(backup.id)).missing).toBe(false)
    expect(await ours()).toEqual({ volumes: [server.volumeName], helpers: [] })

    // Damaged by the hand of somebody else.
    await core.servers.start(server.id, 'test')
    await running.until(server.id, online)
    const ruin = `const fs = require('fs')
      fs.rmSync('/data/odd', { recursive: true })
      fs.writeFileSync('/data/world/r.0.0.mca', 'ruined')
      fs.writeFileSync('/data/world/new.mca', 'new')`
    await inContainer(docker, server.containerName, ruin)
    await core.servers.stop(server.id, 'test')
    const ruined = await look(server.volumeName)

    await core.worlds.restore(backup.id, server.id, 'test')
    expect((await idle(server.id)).task).toBeNull()
    const restored = core.servers.get(server.id)
    const after = await look(restored.volumeName)
    expect(withoutSecretFiles(after)).toEqual(withoutSecretFiles(before))
    // Not a word of the password came back with it.
    expect(Object.keys(after)).not.toContain('.rcon-cli.env')
    expect(await look(server.volumeName)).toEqual(ruined)
    expect(await ours()).toEqual({
      volumes: [server.volumeName, restored.volumeName].sort(),
      helpers: [],
    })

    await core.servers.start(server.id, 'test')
    const again = await running.until(server.id, online)
    expect(again.port).toBe(server.port)
    const { rconPassword } = core.servers.credentials(server.id, 'test')
    await checkRcon('127.0.0.1', again.rconPort, rconPassword, 'list')
    const seed = (world: string) => JSON.parse(world).seed
    const level = await inContainer(
      docker,
      again.containerName,
      `process.stdout.write(require('fs').readFileSync('/data/world/level.dat'))`,
    )
    expect(seed(level)).toMatch(/^[0-9a-f]{16}$/)

    // Names that are no text, byte for byte.
    const names = await inContainer(
      docker,
      again.containerName,
      `for (const name of require('fs').readdirSync('/data/odd', { encoding: 'buffer' })) console.log(name.toString('hex'))`,
    )
    for (const last of ['80', '81'])
      expect(names).toContain(`${Buffer.from('bytes-').toString('hex')}fffe${last}\n`)

    // And back to what was ruined.
    await core.worlds.revert(server.id, server.volumeName, 'test')
    await idle(server.id)
    expect(await running.until(server.id, online)).toMatchObject({ volumeName: server.volumeName })
    await core.worlds.removeCopy(server.id, restored.volumeName, 'test')
    expect((await ours()).volumes).toEqual([server.volumeName])
  }, 120_000)

  test('a game that runs and writes is backed up; the file has no password, and no other reader', async () => {
    const server = await open()
    // A log that grows and is cut off, as long as the backup lasts and longer.
    const writer = inContainer(
      docker,
      server.containerName,
      `const fs = require('fs')
       const write = () => {
         fs.appendFileSync('/data/latest.log', 'x'.repeat(100_000))
         if (fs.statSync('/data/latest.log').size > 1_000_000) fs.truncateSync('/data/latest.log')
       }
       const writing = setInterval(write, 10)
       setTimeout(() => clearInterval(writing), 5000)`,
    )
    const backup = await backUp(server.id)
    const { rconPassword } = running.core.servers.credentials(server.id, 'test')
    const content = gunzipSync(readFileSync(backup.file))
    expect(content.includes('letters')).toBe(true)
    expect(content.includes(rconPassword)).toBe(false)
    expect(statSync(backup.file).mode & 0o777).toBe(0o600)
    const log = (await docker.getContainer(server.containerName).logs({ stdout: true })).toString()
    expect(log).toContain('RCON Client')
    await writer

    // Into a new server: the same world, and a password of its own.
    const created = await running.core.worlds.restoreAsNew(
      backup.id,
      { name: 'Two', acceptEula: true },
      'test',
    )
    const second = await running.until(created.id, online, TASK_LIMIT_MS)
    const [one, two] = [await look(server.volumeName), await look(second.volumeName)]
    for (const [path, entry] of Object.entries(one))
      if (path.startsWith('odd/') || path.endsWith('.mca')) expect(two[path], path).toBe(entry)
    expect(created.rconPassword).not.toBe(rconPassword)
    await checkRcon('127.0.0.1', second.rconPort, created.rconPassword, 'list')
    expect((await ours()).helpers).toEqual([])
  }, 120_000)

  test('a change of type copies the world exactly first', async () => {
    const server = await open()
    const { core } = running
    await core.servers.stop(server.id, 'test')
    const before = await look(server.volumeName)
    await core.servers.update(server.id, { type: 'PAPER' }, 'test')
    expect((await idle(server.id)).task).toBeNull()
    const [copy] = core.worlds.copies(server.id)
    expect(await look(copy!.volumeName)).toEqual(before)
    expect(core.servers.get(server.id)).toMatchObject({ type: 'PAPER', status: 'stopped' })
    expect(await ours()).toEqual({ volumes: [server.volumeName, copy!.volumeName].sort(), helpers: [] })
  }, 60_000)

  test('downloaded through the door it is the file', async () => {
    const server = await open()
    const backup = await backUp(server.id)
    const rendererDir = join(running.dataDir, 'renderer')
    mkdirSync(rendererDir)
    const door = await openHttpDoor({
      router: createRouter(running.core),
      panelRouter: createPanelRouter(running.core),
      ...{ database: running.database, rendererDir, ports: [0], operator: true, now: Date.now },
      verifyPanel: async () => false,
      worldFile: (id) => running.core.worlds.file(id),
      logger: createLogger(running.dataDir, 'info'),
    })
    try {
      const { cookie } = await signIn(door.signInUrl())
      const path = `${door.url}download/world/${backup.id}`
      expect((await fetch(path)).status).toBe(401)
      const answer = await fetch(path, { headers: { cookie } })
      expect(answer.headers.get('content-disposition')).toMatch(
        /^attachment; filename="world-20[-\dTZ]+\.tar\.gz"; filename\*=UTF-8''world-20[-\dTZ]+\.tar\.gz$/,
      )
      expect(Buffer.from(await answer.arrayBuffer()).equals(readFileSync(backup.file))).toBe(true)
    } finally {
      await door.close()
    }
  })
})
