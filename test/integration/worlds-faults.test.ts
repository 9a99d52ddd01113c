import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { Engine } from '../../src/main/engine/types.ts'
import { startCore, type TestCore } from '../support/core.ts'
import { hasEngine, localDocker } from '../support/docker.ts'
import { buildGameImage } from '../support/game-image/build.ts'
import { makeSmallDisk, noSmallDisk } from '../support/small-disk.ts'
import { hangingAt, online, withoutSecretFiles, worldTools, wrappedWatch } from './worlds-kit.ts'

describe.skipIf(!(await hasEngine()))('worlds, when something fails', () => {
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

  const files = (folder: string): string[] =>
    existsSync(folder)
      ? (readdirSync(folder, { recursive: true }) as string[]).filter((name) => /tar/.test(name))
      : []

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
