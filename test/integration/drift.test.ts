import { randomBytes } from 'node:crypto'
import { afterEach, beforeAll, describe, expect, test } from 'vitest'
import { HELPER_LABEL, labelsOf } from '../../src/main/servers/labels.ts'
import { formatAddress } from '../../src/shared/describe.ts'
import type { DriftKind } from '../../src/shared/drift.ts'
import type { Server } from '../../src/shared/model.ts'
import { checkPing, checkRcon } from '../support/checker.ts'
import { serverInput, startCore, type TestCore } from '../support/core.ts'
import { hasEngine, localDocker, removeInstallation } from '../support/docker.ts'
import { buildGameImage } from '../support/game-image/build.ts'

const docker = localDocker()
const online = ({ status }: Server) => status === 'online'
const mended = (server: Server) => online(server) && server.drift.length === 0
const shows =
  (...kinds: DriftKind[]) =>
  ({ drift }: Server) =>
    drift.map(({ kind }) => kind).join() === kinds.join()

async function exists(look: Promise<unknown>): Promise<boolean> {
  return look.then(
    () => true,
    () => false,
  )
}

/** The same container once more, as another panel's "edit" makes it: name, labels, image, environment. */
async function remake(name: string, change: (config: Remade) => void): Promise<void> {
  const container = docker.getContainer(name)
  const { Config, HostConfig } = await container.inspect()
  const config: Remade = { name, ...Config, HostConfig }
  change(config)
  await container.remove({ force: true, v: false })
  await (await docker.createContainer(config)).start()
}
type Remade = Parameters<typeof docker.createContainer>[0] & {
  HostConfig: NonNullable<Parameters<typeof docker.createContainer>[0]['HostConfig']>
}

describe.skipIf(!(await hasEngine()))('what is changed outside LightNode, on a real engine', () => {
  let image: string
  let running: TestCore
  let id: string
  let before: Server
  let password: string

  beforeAll(async () => {
    image = await buildGameImage()
  })

  afterEach(() => running.destroy())

  async function begin(useImage = image): Promise<void> {
    running = await startCore({ image: useImage })
    const created = await running.core.servers.create(serverInput(), 'test')
    ;({ id, rconPassword: password } = created)
    before = await running.until(id, online)
  }

  /** The seed that was written when the world was made. */
  async function world(): Promise<string> {
    const stream = await docker
      .getContainer(before.containerName)
      .getArchive({ path: '/data/world/level.dat' })
    const chunks: Buffer[] = []
    for await (const chunk of stream) chunks.push(Buffer.from(chunk))
    const seed = /"seed":"(\w+)"/.exec(Buffer.concat(chunks).toString('latin1'))?.[1]
    if (!seed) throw new Error('a world without a seed')
    return seed
  }

  /** Shown, left alone by every look, and mended by its button: same world, same port, same password. */
  async function shownAndMended(kinds: DriftKind[], mend: DriftKind): Promise<Server> {
    const shown = await running.until(id, shows(...kinds), 20_000)
    const seen = await docker.listContainers({ all: true })
    await running.core.reconcile()
    await running.core.reconcile()
    const ours = (list: typeof seen) =>
      list
        .filter(({ Labels }) => Labels['org.lightnode.installation'] === running.installationId)
        .map(({ Id, Names }) => [Id, Names])
    expect(ours(await docker.listContainers({ all: true }))).toEqual(ours(seen))
    await running.core.servers.mend(id, mend, 'test')
    const after = await running.until(id, mended)
    expect([after.port, after.volumeName]).toEqual([before.port, before.volumeName])
    await checkPing(formatAddress(after.ipAddress, after.port))
    expect(await checkRcon('127.0.0.1', after.rconPort, password, 'list')).toContain('players')
    return shown
  }

  test('stopped, removed, renamed, paused: each is shown, and its button mends it', async () => {
    await begin()
    const first = await world()
    const container = () => docker.getContainer(before.containerName)

    await container().stop({ t: 10 })
    expect((await shownAndMended(['stopped'], 'stopped')).status).toBe('stopped')

    await container().remove({ force: true, v: false })
    await shownAndMended(['removed'], 'removed')
    expect(await world()).toBe(first)

    await container().rename({ name: `${before.containerName}-elsewhere` })
    expect((await shownAndMended(['renamed'], 'renamed')).status).toBe('online')

    await container().pause()
    expect((await shownAndMended(['paused'], 'paused')).status).toBe('stopped')
    expect(await world()).toBe(first)
  })

  test('docker update: the memory limit, and the restart policy', async () => {
    await begin()
    const container = () => docker.getContainer(before.containerName)
    const { Id } = await container().inspect()
    await container().update({ RestartPolicy: { Name: 'no' } })
    await running.core.reconcile()
    await shownAndMended(['changed'], 'changed')
    // Without a restart.
    expect((await container().inspect()).Id).toBe(Id)
    expect((await container().inspect()).HostConfig.RestartPolicy?.Name).toBe('unless-stopped')

    await container().update({ Memory: 900 * 1024 ** 2, MemorySwap: 900 * 1024 ** 2 })
    await running.core.reconcile()
    const { drift } = await shownAndMended(['changed'], 'changed')
    expect(drift[0]?.message).toBe('Its memory limit is 0.88 GB instead of 1 GB.')
    expect((await container().inspect()).HostConfig.Memory).toBe(1024 ** 3)
  })

  test('another port mapping on a container that was made anew', async () => {
    await begin()
    const first = await world()
    const other = 26_900 + (before.port % 90)
    await remake(before.containerName, ({ HostConfig }) => {
      const bindings = HostConfig.PortBindings as Record<string, { HostIp: string; HostPort: string }[]>
      bindings['25565/tcp'] = [{ HostIp: '', HostPort: String(other) }]
      bindings['25565/udp'] = [{ HostIp: '', HostPort: String(other) }]
    })
    const { drift, status } = await shownAndMended(['changed'], 'changed')
    expect(drift[0]?.message).toMatch(new RegExp(`^Port ${other} is published instead of ${before.port}\\.`))
    expect(status).not.toBe('online')
    expect(await world()).toBe(first)
  })

  test('an image that is gone is shown while the game runs on, and no longer when it is back', async () => {
    const name = `lightnode-test-drift-${randomBytes(4).toString('hex')}`
    const tag = () => docker.getImage(image).tag({ repo: name, tag: '1' })
    await tag()
    try {
      await begin(`${name}:1`)
      await docker.getImage(`${name}:1`).remove()
      await running.core.reconcile()
      const server = await running.until(id, shows('image'))
      expect(server.status).toBe('online')
      await tag()
      await running.core.reconcile()
      await running.until(id, mended)
    } finally {
      await docker.getImage(`${name}:1`).remove()
    }
  })

  test('a world that is gone is told, and no start makes an empty one in its place', async () => {
    await begin()
    await docker.getContainer(before.containerName).remove({ force: true, v: false })
    await docker.getVolume(before.volumeName).remove()
    await running.core.reconcile()
    await running.until(id, shows('removed', 'volume'))
    const mend = running.core.servers.mend(id, 'removed', 'test')
    await expect(mend).rejects.toMatchObject({ code: 'VOLUME_MISSING' })
    running.core.servers.start(id, 'test')
    const failed = await running.until(id, ({ status }) => status === 'failed')
    expect(failed.problem?.code).toBe('VOLUME_MISSING')
    expect(await exists(docker.getVolume(before.volumeName).inspect())).toBe(false)
    expect(failed.drift.map(({ kind }) => kind)).toContain('volume')
  })

  test('what a crash left is tidied; what is another installation’s, or holds a world, is not', async () => {
    await begin()
    const foreign = `foreign-${randomBytes(6).toString('hex')}`
    const make = (name: string, labels: Record<string, string>) =>
      docker.createContainer({
        name: `${name}-${running.installationId.slice(0, 8)}`,
        Image: image,
        Labels: labels,
      })
    const ours = labelsOf(running.installationId, id)
    const left = await make('left', ours)
    const helper = await make('helper', { ...ours, [HELPER_LABEL]: id })
    const orphan = await make('orphan', labelsOf(running.installationId, 'gone'))
    const theirs = await make('theirs', { ...labelsOf(foreign, id), [HELPER_LABEL]: id })
    const { name: lost } = await docker.createVolume({
      Name: `lost-${running.installationId.slice(0, 12)}`,
      Labels: labelsOf(running.installationId, 'gone'),
    })
    try {
      // As after a crash: a start tidies.
      await running.stop()
      running = await startCore({ image, dataDir: running.dataDir })
      await running.until(id, online)
      const there = await Promise.all([left, helper, orphan, theirs].map((one) => exists(one.inspect())))
      expect(there).toEqual([false, false, true, true])
      expect(await exists(docker.getVolume(lost).inspect())).toBe(true)
      await running.core.reconcile()
      const reports = running.core.activity.list(100, null).filter(({ action }) => action === 'volume.found')
      expect(reports.map(({ message }) => message)).toEqual([
        `The volume ${lost} holds a world that no server stands for. It is kept.`,
      ])
      expect(await exists(docker.getContainer(before.containerName).inspect())).toBe(true)
    } finally {
      await removeInstallation(foreign)
    }
  })
})
