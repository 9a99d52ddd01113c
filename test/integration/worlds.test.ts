import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { gunzipSync } from 'node:zlib'
import { afterEach, beforeAll, describe, expect, test } from 'vitest'
import { findOpenTask } from '../../src/main/database/tasks.ts'
import { openHttpDoor } from '../../src/main/doors/http-door.ts'
import { createPanelRouter, createRouter } from '../../src/main/doors/router.ts'
import type { Engine, EngineWatch } from '../../src/main/engine/types.ts'
import { createLogger } from '../../src/main/observe/logger.ts'
import type { Server } from '../../src/shared/model.ts'
import type { WorldBackup } from '../../src/shared/worlds.ts'
import { checkRcon } from '../support/checker.ts'
import { signIn } from '../support/client.ts'
import { serverInput, startCore, type TestCore } from '../support/core.ts'
import { hasEngine, localDocker } from '../support/docker.ts'
import { buildGameImage } from '../support/game-image/build.ts'
import { makeSmallDisk, noSmallDisk } from '../support/small-disk.ts'
import { hangingAt, inContainer, oddFiles, withoutSecretFiles, worldIn, wrappedWatch } from './worlds-kit.ts'

const online = ({ status }: { status: string }) => status === 'online'
const LIMIT_MS = 60_000

describe.skipIf(!(await hasEngine()))('worlds on a real engine', () => {
  let image: string
  let running: TestCore
  const docker = localDocker()

  beforeAll(async () => {
    image = await buildGameImage()
  })

  afterEach(() => running.destroy())

  async function open(watch?: EngineWatch): Promise<Server> {
    running = await startCore({ image, ...(watch && { watch }) })
    const { id } = await running.core.servers.create(
      serverInput({ name: 'Wörld', version: '1.20.4' }),
      'test',
    )
    const server = await running.until(id, online)
    await inContainer(docker, server.containerName, oddFiles)
    return server
  }

  const idle = (id: string) => running.until(id, () => findOpenTask(running.database, id) === null, LIMIT_MS)
  const look = (volume: string) => worldIn(docker, image, volume)

  async function backUp(id: string): Promise<WorldBackup> {
    await running.core.worlds.backUp(id, 'test')
    const { task } = await idle(id)
    expect(task?.problem ?? null).toBeNull()
    return running.core.worlds.list(id)[0]!
  }

  /** Everything on the engine that carries this installation's id. */
  async function ours() {
    const filters = { label: [`org.lightnode.installation=${running.installationId}`] }
    const { Volumes } = await docker.listVolumes({ filters })
    const containers = await docker.listContainers({ all: true, filters })
    return {
      volumes: (Volumes ?? []).map(({ Name }) => Name).sort(),
      helpers: containers.filter(({ Labels }) => Labels['org.lightnode.helper']).map(({ Names }) => Names[0]),
    }
  }

  const files = (folder: string): string[] =>
    existsSync(folder)
      ? (readdirSync(folder, { recursive: true }) as string[]).filter((name) => /tar/.test(name))
      : []

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
      `const fs = require('fs'); const end = Date.now() + 8000
       const write = () => {
         fs.appendFileSync('/data/latest.log', 'x'.repeat(200_000))
         if (fs.statSync('/data/latest.log').size > 2_000_000) fs.truncateSync('/data/latest.log')
         if (Date.now() < end) setImmediate(write)
       }
       write()`,
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
    const second = await running.until(created.id, online, LIMIT_MS)
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

  test('a copy that does not read back as it was written is refused and removed', async () => {
    const damaging = (engine: Engine): Partial<Engine> => ({
      writeArchive: (id, path, archive, signal) =>
        engine.writeArchive(id, path, Readable.from(damaged(archive), { objectMode: false }), signal),
    })
    const server = await open(wrappedWatch(damaging))
    const { core } = running
    const backup = await backUp(server.id)
    await core.servers.update(server.id, { type: 'PAPER' }, 'test')
    expect((await idle(server.id)).task?.problem).toMatchObject({
      code: 'BACKUP_FAILED',
      message: 'The copy does not read back as it was written: odd/größe — 世界 🌍.txt.',
    })
    expect(await running.until(server.id, online)).toMatchObject({ type: 'VANILLA' })
    await core.worlds.restore(backup.id, server.id, 'test')
    expect((await idle(server.id)).task?.problem?.code).toBe('BACKUP_FAILED')
    expect(core.servers.get(server.id)).toMatchObject({ status: 'online', volumeName: server.volumeName })
    expect(await ours()).toEqual({ volumes: [server.volumeName], helpers: [] })
  }, 60_000)

  test.each(['createVolume', 'createContainer', 'writeArchive', 'readArchive', 'removeContainer'] as const)(
    'cut off at %s, a restore is done after the next start, and nothing is left over',
    async (method) => {
      const { watch, state, asked } = hangingAt(method)
      const server = await open(watch)
      const backup = await backUp(server.id)
      state.hangs = true
      await running.core.worlds.restore(backup.id, server.id, 'test')
      await asked
      const { dataDir } = running
      await running.stop()
      running = await startCore({ image, dataDir })
      expect((await idle(server.id)).task).toBeNull()
      const after = await running.until(server.id, online)
      expect(withoutSecretFiles(await look(after.volumeName))).toHaveProperty('odd/first')
      expect((await ours()).volumes).toEqual([server.volumeName, after.volumeName].sort())
      await running.core.reconcile()
      await expect.poll(async () => (await ours()).helpers, { timeout: 10_000 }).toEqual([])
    },
    60_000,
  )

  test('cut off in the middle of a backup, it is made after the next start', async () => {
    const { watch, state, asked } = hangingAt('readArchive')
    const server = await open(watch)
    state.hangs = true
    await running.core.worlds.backUp(server.id, 'test')
    await asked
    const { dataDir } = running
    await running.stop()
    running = await startCore({ image, dataDir })
    expect((await idle(server.id)).task).toBeNull()
    expect(running.core.worlds.list(server.id)).toHaveLength(1)
    expect(files(join(dataDir, 'worlds'))).toHaveLength(1)
    expect(await ours()).toEqual({ volumes: [server.volumeName], helpers: [] })
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

  const noDisk = noSmallDisk()
  if (noDisk !== null) console.warn(`skipped: a full disk of backups (${noDisk})`)

  test.skipIf(noDisk !== null)(
    'a full disk: told, nothing half-made, and it goes on when there is space',
    async () => {
      const disk = makeSmallDisk(16)
      try {
        const server = await open()
        await running.core.settings.update({ worlds: { folder: join(disk.folder, 'worlds') } })
        for (const left of [0, 1_000_000, 4_000_000]) {
          disk.leave(left)
          await running.core.worlds.backUp(server.id, 'test')
          const { task, status } = await idle(server.id)
          expect(task?.problem).toMatchObject({
            code: 'BACKUP_FAILED',
            message: expect.stringContaining('the disk is full (ENOSPC)'),
          })
          expect(status).toBe('online')
          expect(readdirSync(join(disk.folder, 'worlds'))).toEqual([])
          expect((await ours()).helpers).toEqual([])
        }
        disk.leave()
        expect((await backUp(server.id)).missing).toBe(false)
      } finally {
        disk.remove()
      }
    },
    60_000,
  )

  test('a file that was damaged on its disk changes nothing', async () => {
    const server = await open()
    const backup = await backUp(server.id)
    const bytes = readFileSync(backup.file)
    const middle = Math.floor(bytes.length / 2)
    bytes[middle] = bytes[middle]! ^ 0xff
    writeFileSync(backup.file, bytes)
    await running.core.worlds.restore(backup.id, server.id, 'test')
    expect((await idle(server.id)).task?.problem?.code).toBe('BACKUP_DAMAGED')
    expect(running.core.servers.get(server.id)).toMatchObject({
      status: 'online',
      volumeName: server.volumeName,
    })
    expect(await ours()).toEqual({ volumes: [server.volumeName], helpers: [] })
  }, 60_000)
})

/** One letter of one file is another one. */
async function* damaged(archive: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  for await (const chunk of archive) {
    const at = chunk.indexOf('letters')
    if (at < 0) yield chunk
    else {
      const next = Buffer.from(chunk)
      next.write('L', at)
      yield next
    }
  }
}
