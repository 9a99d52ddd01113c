import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ContainerCreateOptions } from 'dockerode'
import { afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { Server } from '../../src/shared/model.ts'
import { checkPing, checkRcon } from '../support/checker.ts'
import { startCore, type TestCore } from '../support/core.ts'
import { hasEngine, localDocker, ownAddress, removeLabelled } from '../support/docker.ts'
import { buildGameImage } from '../support/game-image/build.ts'

const docker = localDocker()
const online = ({ status }: Server) => status === 'online'
const settled = (server: Server) => online(server) && !server.restartNeeded && server.task === null

/** A port that nobody has; outside of every pool. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0)
  await new Promise((resolve) => server.once('listening', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  if (typeof address !== 'object' || !address) throw new Error('no port')
  return address.port
}

async function facts(id: string) {
  const { Id, State, HostConfig, Config, Name } = await docker.getContainer(id).inspect()
  return {
    Id,
    Name,
    StartedAt: State.StartedAt,
    Policy: HostConfig.RestartPolicy,
    Labels: Config.Labels,
    Env: Config.Env,
  }
}

async function exists(id: string): Promise<boolean> {
  return docker
    .getContainer(id)
    .inspect()
    .then(
      () => true,
      () => false,
    )
}

/** The seed that was written when the world was made. */
async function world(id: string): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of await docker.getContainer(id).getArchive({ path: '/data/world/level.dat' }))
    chunks.push(Buffer.from(chunk))
  const seed = /"seed":"(\w+)"/.exec(Buffer.concat(chunks).toString('latin1'))?.[1]
  if (!seed) throw new Error('a world without a seed')
  return seed
}

describe.skipIf(!(await hasEngine()))('containers made by docker run, on a real engine', () => {
  const label = `lnt-adopt-${randomBytes(4).toString('hex')}`
  let image: string
  let running: TestCore
  let folder: string | null = null
  let volumes: string[] = []

  beforeAll(async () => {
    image = await buildGameImage()
  }, 120_000)

  afterEach(async () => {
    await running.destroy()
    await removeLabelled(label)
    for (const name of volumes)
      await docker
        .getVolume(name)
        .remove({ force: true })
        .catch(() => {})
    volumes = []
    if (folder) await rm(folder, { recursive: true, force: true })
    folder = null
  })

  /** As `docker run -d -p PORT:25565 -e EULA=TRUE … IMAGE`, until its game answers. */
  async function byHand(change: {
    port: number
    rconPort?: number
    env?: string[]
    bind?: string
    labels?: Record<string, string>
    memory?: number
  }): Promise<string> {
    const options: ContainerCreateOptions = {
      ...{ name: `${label}-${randomBytes(3).toString('hex')}`, Image: image },
      Labels: { [label]: '1', ...change.labels },
      Env: ['EULA=TRUE', 'TYPE=VANILLA', 'VERSION=1.20.4', 'MEMORY=512M', ...(change.env ?? [])],
      ExposedPorts: { '25575/tcp': {} },
      HostConfig: {
        ...(change.bind && { Binds: [`${change.bind}:/data`] }),
        Memory: change.memory ?? 1024 ** 3,
        PortBindings: {
          '25565/tcp': [{ HostPort: String(change.port) }],
          ...(change.rconPort && {
            '25575/tcp': [{ HostIp: '127.0.0.1', HostPort: String(change.rconPort) }],
          }),
        },
      },
    }
    const container = await docker.createContainer(options)
    await container.start()
    const { Mounts } = await container.inspect()
    volumes.push(...Mounts.flatMap((mount) => (mount.Type === 'volume' && mount.Name ? [mount.Name] : [])))
    for (const deadline = Date.now() + 30_000; ; ) {
      const answered = await checkPing(`${ownAddress()}:${change.port}`).then(
        () => true,
        () => false,
      )
      if (answered) return container.id
      if (Date.now() > deadline) throw new Error('the game never answers')
    }
  }

  test('bind mount, named and nameless volume, RCON published or not: Online as they are', async () => {
    running = await startCore({ image })
    const { found, servers } = running.core
    folder = await mkdtemp(join(tmpdir(), 'lightnode-adopt-'))
    const [first, second, third] = [await freePort(), await freePort(), await freePort()]
    const rconPort = await freePort()
    const bound = await byHand({ port: first, rconPort, bind: folder, env: ['RCON_PASSWORD=ByTheUser1234'] })
    const named = await byHand({
      ...{ port: second, bind: `${label}-data`, env: ['MEMORY=75%'] },
      labels: { 'com.docker.compose.project': 'games' },
    })
    const nameless = await byHand({ port: third, env: ['SEED=5'] })
    const ids = [bound, named, nameless]
    const before = await Promise.all(ids.map(facts))
    const { containers } = await found.list()
    for (const id of ids)
      expect(containers.find((one) => one.id === id)).toMatchObject({ kind: 'other', refusal: null })

    const adopted = []
    for (const id of ids) adopted.push(await found.adopt(id, undefined, 'test'))
    const views = []
    for (const { id } of adopted) views.push(await running.until(id, online))
    await running.core.reconcile()
    expect(await Promise.all(ids.map(facts))).toEqual(before)
    expect(views).toMatchObject([
      { port: first, rconPort, memory: 0.5, composeProject: null, volumeName: folder },
      { port: second, memory: 0.75, composeProject: 'games', volumeName: `${label}-data` },
      { port: third, environment: { SEED: '5' }, volumeName: expect.stringMatching(/^[0-9a-f]{64}$/) },
    ])
    for (const view of views) expect(view).toMatchObject({ adopted: true, drift: [], newWorld: false })
    const [one, two] = adopted.map(({ id }) => servers.credentials(id, 'test').rconPassword)
    expect(one).toBe('ByTheUser1234')
    expect(await checkRcon('127.0.0.1', rconPort, 'ByTheUser1234', 'list')).toContain('players')
    // Made by the image, and read from its volume.
    expect(two).toMatch(/^[0-9a-f]{24}$/)
    const shown = (await found.list()).containers.filter(({ id }) => ids.includes(id))
    expect(shown).toEqual([])

    // Stopped and started from here: the same container, saved over its exec.
    const id = adopted[1]?.id ?? ''
    await servers.stop(id, 'test')
    servers.start(id, 'test')
    await running.until(id, online)
    const again = await facts(named)
    expect({ ...again, StartedAt: '' }).toEqual({ ...before[1], StartedAt: '' })
    expect(running.database.prepare("SELECT * FROM activity WHERE action = 'server.unsaved'").all()).toEqual(
      [],
    )
  }, 120_000)

  test('other memory: said before, then a new container with the same world, and the old one is gone', async () => {
    running = await startCore({ image })
    const { found, servers } = running.core
    const port = await freePort()
    const old = await byHand({ port })
    const seed = await world(old)
    const { notes } = await found.preview(old)
    expect(notes.join()).toContain('take a new container with the same world')
    const { id } = await found.adopt(old, 'By hand', 'test')
    const before = await running.until(id, online)
    expect(before.adopted).toBe(true)
    await servers.update(id, { memory: 1 }, 'test')
    expect(servers.get(id)).toMatchObject({ restartNeeded: true, adopted: true, status: 'online' })
    await servers.restart(id, 'test')
    const after = await running.until(id, (server) => settled(server) && server.memory === 1)
    expect(after).toMatchObject({
      port,
      rconPort: before.rconPort,
      volumeName: before.volumeName,
      adopted: true,
    })
    expect(await world(after.containerName)).toBe(seed)
    expect((await facts(after.containerName)).Labels).toMatchObject({ 'org.lightnode.server': id })
    await checkPing(`${ownAddress()}:${port}`)
    const { rconPassword } = servers.credentials(id, 'test')
    expect(await checkRcon('127.0.0.1', after.rconPort, rconPassword, 'list')).toContain('players')
    expect(await exists(old)).toBe(false)
    await running.core.reconcile()
    expect(servers.get(id).drift).toEqual([])
  }, 120_000)

  test('a new container that fails: the old one is taken back, and Online', async () => {
    running = await startCore({ image: await buildGameImage({ variant: 'exit-at-start' }) })
    const { found, servers } = running.core
    const port = await freePort()
    const old = await byHand({ port })
    const seed = await world(old)
    const { id } = await found.adopt(old, undefined, 'test')
    await running.until(id, online)
    // Of what the image setting says by now.
    await servers.update(id, { version: '1.21.4' }, 'test')
    const failed = await running.until(id, ({ status, drift }) => status === 'failed' && drift.length > 0)
    expect(failed).toMatchObject({ version: '1.21.4', drift: [{ mend: 'Go back to the old container' }] })
    expect(await exists(old)).toBe(true)
    await servers.mend(id, 'changed', 'test')
    const back = await running.until(id, online)
    expect(back).toMatchObject({ version: '1.20.4', port, restartNeeded: false, drift: [] })
    expect(await world(old)).toBe(seed)
    const ours = await docker.listContainers({
      all: true,
      filters: { label: [`org.lightnode.server=${id}`] },
    })
    expect(ours).toEqual([])
  }, 120_000)

  test('one made anew outside, as compose does: found, and the server’s again', async () => {
    running = await startCore({ image })
    const { found } = running.core
    const port = await freePort()
    const volume = `${label}-again`
    const first = await byHand({ port, bind: volume })
    const { id } = await found.adopt(first, undefined, 'test')
    await running.until(id, online)
    await docker.getContainer(first).remove({ force: true, v: false })
    await running.until(id, ({ drift }) => drift.some(({ kind }) => kind === 'removed'), 10_000)
    const second = await byHand({ port, bind: volume })
    expect((await found.adopt(second, undefined, 'test')).id).toBe(id)
    expect(await running.until(id, online)).toMatchObject({ port, drift: [] })
  }, 120_000)

  test('a table with doubled ports: shown, refused, then imported whole; one of them starts on its port', async () => {
    running = await startCore({ image })
    const { imports, servers } = running.core
    const port = await freePort()
    const text = `name,port,ipAddress,rconPassword,memory\nOne,${port},,abcdefghijkl,0.5\nTwo,${port},,,0.5\n`
    const source = { kind: 'csv' as const, text }
    const { rows } = await imports.preview(source, [])
    const proposal = rows[1]?.conflicts[0]?.proposal
    expect(rows[1]?.conflicts).toMatchObject([{ field: 'port', proposal: expect.stringMatching(/^\d+$/) }])
    await expect(imports.apply(source, [], 'test')).rejects.toMatchObject({ code: 'INVALID_INPUT' })
    expect(servers.list()).toEqual([])
    const imported = await imports.apply(source, [{ row: 2, port: Number(proposal) }], 'test')
    expect(imported).toMatchObject([
      { name: 'One', port, status: 'stopped', newWorld: true },
      { name: 'Two', port: Number(proposal), status: 'stopped' },
    ])
    const id = imported[0]?.id ?? ''
    servers.start(id, 'test', { acceptEula: true })
    const started = await running.until(id, online)
    expect(started.port).toBe(port)
    expect(await checkRcon('127.0.0.1', started.rconPort, 'abcdefghijkl', 'list')).toContain('players')
  }, 120_000)
})
