import { afterEach, describe, expect, test } from 'vitest'
import { checkRcon } from '../support/checker.ts'
import { serverInput, startCore, type TestCore } from '../support/core.ts'
import { hasEngine } from '../support/docker.ts'
import { buildGameImage } from '../support/game-image/build.ts'

const online = ({ status }: { status: string }) => status === 'online'

describe.skipIf(!(await hasEngine()))('a new RCON password', () => {
  let running: TestCore

  afterEach(() => running.destroy())

  test('works after the restart it asks for, and the old one no longer', async () => {
    running = await startCore({ image: await buildGameImage() })
    const { servers } = running.core
    const created = await servers.create(serverInput(), 'test')
    const { rconPort, port } = await running.until(created.id, online)
    await servers.rotatePassword(created.id, 'test')
    const after = await running.until(created.id, online)
    const { rconPassword } = servers.credentials(created.id, 'test')
    expect(rconPassword).not.toBe(created.rconPassword)
    expect(after.port).toBe(port)
    expect(await checkRcon('127.0.0.1', rconPort, rconPassword, 'list')).toContain('players')
    await expect(checkRcon('127.0.0.1', rconPort, created.rconPassword, 'list')).rejects.toThrow()
  })

  test('is kept beside the old one until a game has taken it, also over a restart of LightNode', async () => {
    const image = await buildGameImage()
    running = await startCore({ image })
    const created = await running.core.servers.create(serverInput(), 'test')
    const sealed = () =>
      running.database
        .prepare<[], { old: string; next: string | null }>(
          'SELECT rcon_password AS old, next_rcon_password AS next FROM servers',
        )
        .get()
    await running.until(created.id, online)
    const before = sealed()
    await running.core.servers.stop(created.id, 'test')
    await running.core.servers.rotatePassword(created.id, 'test')
    expect(sealed()?.old).toBe(before?.old)
    const waiting = sealed()?.next
    expect(waiting).not.toBeNull()
    await running.stop()

    running = await startCore({ image, dataDir: running.dataDir })
    running.core.servers.start(created.id, 'test')
    const { rconPort } = await running.until(created.id, online)
    expect(sealed()).toEqual({ old: waiting, next: null })
    const { rconPassword } = running.core.servers.credentials(created.id, 'test')
    expect(await checkRcon('127.0.0.1', rconPort, rconPassword, 'list')).toContain('players')
  })
})
