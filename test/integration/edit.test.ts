import { afterEach, describe, expect, test } from 'vitest'
import { formatAddress } from '../../src/shared/describe.ts'
import type { Server } from '../../src/shared/model.ts'
import { checkPing } from '../support/checker.ts'
import { serverInput, startCore, type TestCore } from '../support/core.ts'
import { hasEngine, localDocker } from '../support/docker.ts'
import { buildGameImage } from '../support/game-image/build.ts'

const docker = localDocker()
const online = ({ status, task }: Server) => status === 'online' && task === null

/** The world's record as it is on the disk of the volume. */
async function world({ containerName }: Server): Promise<{ seed: string; starts: number }> {
  const stream = await docker.getContainer(containerName).getArchive({ path: '/data/world/level.dat' })
  const chunks: Buffer[] = []
  for await (const chunk of stream) chunks.push(Buffer.from(chunk))
  const text = Buffer.concat(chunks).toString('utf8')
  return JSON.parse(text.slice(text.indexOf('{'), text.indexOf('}') + 1))
}

async function environmentOf({ containerName }: Server): Promise<string[]> {
  return (await docker.getContainer(containerName).inspect()).Config.Env
}

describe.skipIf(!(await hasEngine()))('changes of a server on a real engine', () => {
  let running: TestCore

  afterEach(() => running.destroy())

  test('type, version, variables and port: the same world on what was asked for, and a copy to go back to', async () => {
    running = await startCore({ image: await buildGameImage() })
    const { servers, worlds } = running.core
    const { id } = await servers.create(serverInput({ version: '1.21.4' }), 'test')
    const before = await running.until(id, online)
    const { seed } = await world(before)

    const change = { type: 'PAPER', version: '26.1', environment: { DIFFICULTY: 'hard' } } as const
    expect((await servers.update(id, change, 'test')).task).toMatchObject({ kind: 'change' })
    const changed = await running.until(id, online)
    expect(changed).toMatchObject({ type: 'PAPER', version: '26.1', port: before.port, restartNeeded: false })
    expect(await world(changed)).toMatchObject({ seed, starts: 2 })
    expect(await environmentOf(changed)).toEqual(
      expect.arrayContaining(['TYPE=PAPER', 'VERSION=26.1', 'DIFFICULTY=hard', 'EULA=TRUE']),
    )
    const copies = worlds.copies(id)
    expect(copies).toMatchObject([{ reason: 'change', type: 'VANILLA', version: '1.21.4' }])
    const { Volumes } = await docker.listVolumes()
    expect(Volumes.map(({ Name }) => Name)).toContain(copies[0]?.volumeName)

    const free = running.core.ports
      .view('local', 'game')
      .ports.filter(({ state, port }) => state === 'free' && port > before.port + 40)
    const wanted = free[0]?.port ?? 0
    await servers.changePort(id, 'test', wanted)
    const moved = await running.until(id, online)
    expect(moved.port).toBe(wanted)
    expect(await world(moved)).toMatchObject({ seed, starts: 3 })
    await checkPing(formatAddress(moved.ipAddress, wanted))

    await servers.update(id, { environment: {} }, 'test')
    expect(servers.get(id).restartNeeded).toBe(true)
    await servers.restart(id, 'test')
    const restarted = await running.until(id, online)
    expect(restarted.restartNeeded).toBe(false)
    expect((await environmentOf(restarted)).filter((one) => one.startsWith('DIFFICULTY'))).toEqual([])
  })
})
