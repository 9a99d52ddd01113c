import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { EngineStatus, Server } from '../../src/shared/model.ts'
import type { WorldBackup } from '../../src/shared/worlds.ts'
import { bundle } from '../crash/bundle.ts'
import { type Child, startChild } from '../crash/child-process.ts'
import { checkPing } from '../support/checker.ts'
import { buildGameImage } from '../support/game-image/build.ts'
import { canOwnEngine, type OwnEngine, startOwnEngine } from '../support/own-engine.ts'
import { hasRegistry, startRegistry } from '../support/registry.ts'

const LIMIT_MS = 60_000

// An engine of the test's own is really ended and started; the core runs beside it, in its network namespace.
describe.skipIf(!canOwnEngine())('an engine that ends and comes back', () => {
  let engine: OwnEngine
  let program: string
  let folder: string
  let dataDir: string
  let image: string
  let child: Child

  beforeAll(async () => {
    image = await buildGameImage()
    engine = await startOwnEngine()
    await engine.load(image)
    const built = await bundle('test/crash/child/main.ts')
    program = built.program
    folder = built.folder
  })

  afterAll(async () => {
    await engine?.remove()
    if (folder) await rm(folder, { recursive: true, force: true })
  })

  beforeEach(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'lightnode-own-'))
    begin(image)
  })

  afterEach(async () => {
    await child.kill()
    const all = await engine.docker.listContainers({ all: true })
    for (const { Id } of all) await engine.docker.getContainer(Id).remove({ force: true, v: true })
    const { Volumes } = await engine.docker.listVolumes()
    for (const { Name } of Volumes ?? []) await engine.docker.getVolume(Name).remove()
    await rm(dataDir, { recursive: true, force: true })
  })

  function begin(gameImage: string): void {
    const env = { DOCKER_HOST: engine.endpoint }
    child = startChild(program, { dataDir, image: gameImage, arm: null }, { wrap: engine.inside, env })
  }

  const get = (id: string) => child.call<Server>('servers.get', { id })
  const create = (version = '1.20.4') =>
    child.call<{ id: string; port: number }>('servers.create', {
      ...{ name: `Test ${version}`, memory: 0.5, diskSpace: 1, version, acceptEula: true },
    })

  async function until<Value>(
    what: string,
    ask: () => Promise<Value>,
    right: (value: Value) => boolean,
    limitMs = LIMIT_MS,
  ): Promise<Value> {
    const deadline = Date.now() + limitMs
    for (;;) {
      if (!child.alive) throw new Error(`The core ended: ${child.errors}`)
      const value = await ask()
      if (right(value)) return value
      if (Date.now() > deadline) throw new Error(`${what}: not so in time: ${JSON.stringify(value)}`)
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
  }

  const untilOnline = (id: string) =>
    until(
      'online',
      () => get(id),
      ({ status }) => status === 'online',
    )
  const untilMissing = () =>
    until(
      'the engine is missed',
      () => child.call<EngineStatus>('engine.status'),
      ({ state }) => state === 'missing' || state === 'searching',
    )

  /** One container per server and nothing else, and a player gets in. */
  async function expectWhole(...servers: Server[]): Promise<void> {
    const all = await engine.docker.listContainers({ all: true })
    expect(all.map(({ State }) => State)).toEqual(servers.map(() => 'running'))
    const labels = all.map(({ Labels }) => Labels['org.lightnode.server']).sort()
    expect(labels).toEqual(servers.map(({ id }) => id).sort())
    const { Volumes } = await engine.docker.listVolumes()
    expect(Volumes).toHaveLength(servers.length)
    for (const { port } of servers) await checkPing(`${engine.address}:${port}`)
  }

  test('killed in the middle of provisioning, at each step: the run waits, says so, and goes on', async () => {
    const servers: Server[] = []
    for (const [index, step] of (['container', 'start', 'verify'] as const).entries()) {
      // Of a version each, so that each has a name of its own.
      const { id, port } = await create(`1.20.${index}`)
      await until(
        step,
        () => get(id),
        ({ run }) => run?.steps.find(({ name }) => name === step)?.state !== 'pending',
      )
      await engine.kill()
      await untilMissing()
      await until(
        'waiting',
        () => get(id),
        ({ status, run }) => status === 'waiting' && run?.state === 'waiting',
      )
      await engine.start()
      const online = await untilOnline(id)
      expect(online.port).toBe(port)
      servers.push(online)
    }
    // Those before it were ended with their engine, and it started them again.
    for (const { id } of servers) await untilOnline(id)
    await expectWhole(...servers)
  })

  test('stopped in order while games run: they come back with it, each once', async () => {
    const { id } = await create()
    const before = await untilOnline(id)
    await engine.stop()
    await untilMissing()
    const refused = await child.call('servers.stop', { id }).then(
      () => null,
      ({ code }: { code: string }) => code,
    )
    expect(refused).toBe('ENGINE_UNREACHABLE')
    // What is asked for meanwhile waits.
    const second = await create('1.20.1')
    await until(
      'waiting',
      () => get(second.id),
      ({ status }) => status === 'waiting',
    )
    await engine.start()
    const after = await untilOnline(id)
    expect(after.port).toBe(before.port)
    await expectWhole(after, await untilOnline(second.id))
  })

  test.skipIf(!hasRegistry())('killed in the middle of a pull: it is pulled again', async () => {
    const registry = await startRegistry({ address: engine.outside, docker: engine.docker })
    try {
      const reference = await registry.pushImage(image, { freshMegabytes: 150 })
      await child.kill()
      begin(reference)
      const { id } = await create()
      await until(
        'pulling',
        () => get(id),
        ({ run }) => (run?.steps.find(({ name }) => name === 'image')?.progress?.current ?? 0) > 0,
      )
      expect(
        await engine.docker
          .getImage(reference)
          .inspect()
          .catch(() => null),
      ).toBeNull()
      await engine.kill()
      await until(
        'waiting',
        () => get(id),
        ({ status }) => status === 'waiting',
      )
      await engine.start()
      await expectWhole(await untilOnline(id))
    } finally {
      await registry.stop()
    }
  })

  test('killed in the middle of a stop: the stop is finished when it is back', async () => {
    const { id } = await create()
    await untilOnline(id)
    const answered = child.call<Server>('servers.stop', { id }).catch(({ code }: { code: string }) => code)
    await until(
      'stopping',
      () => get(id),
      ({ task }) => task?.kind === 'stop' && task.step !== '',
    )
    await engine.kill()
    await untilMissing()
    await engine.start()
    const answer = await answered
    // Either it was finished in the end, or it was said that it was not, and it is asked for again.
    if (typeof answer === 'string') {
      expect(answer).toMatch(/^ENGINE_/)
      await until(
        'no task',
        () => get(id),
        ({ task }) => task === null || task.problem !== null,
      )
      await child.call('servers.stop', { id })
    }
    await until(
      'stopped',
      () => get(id),
      ({ status, task }) => status === 'stopped' && task === null,
    )
    const all = await engine.docker.listContainers({ all: true })
    expect(all.map(({ State }) => State)).toEqual(['exited'])
    await child.call('servers.start', { id })
    await expectWhole(await untilOnline(id))
  })

  test('killed in the middle of a backup: nothing half is left, and the next one is whole', async () => {
    const { id } = await create()
    await untilOnline(id)
    await child.call('worlds.backUp', { id })
    await engine.kill()
    await untilMissing()
    await engine.start()
    await untilOnline(id)
    await until(
      'the task ends',
      () => get(id),
      ({ task }) => task === null || task.problem !== null,
    )
    // Its engine has ended with the game: it may still be starting again.
    await until(
      'a backup can begin',
      () =>
        child.call('worlds.backUp', { id }).then(
          () => 'begun',
          ({ code }: { code: string }) => code,
        ),
      (answer) => answer === 'begun',
    )
    await until(
      'backed up',
      () => get(id),
      ({ task }) => task === null,
    )
    const list = await child.call<WorldBackup[]>('worlds.list', { serverId: id })
    expect(list.length).toBeGreaterThanOrEqual(1)
    for (const backup of list) await child.call('worlds.verify', { id: backup.id })
    const files = await readdir(join(dataDir, 'worlds'), { recursive: true, withFileTypes: true })
    expect(files.filter((file) => file.isFile())).toHaveLength(list.length)
    await expectWhole(await untilOnline(id))
  })
})
