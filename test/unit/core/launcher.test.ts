import { describe, expect, test } from 'vitest'
import { findServer } from '../../../src/main/database/servers.ts'
import { EngineError, type EngineErrorKind } from '../../../src/main/engine/types.ts'
import type { Progress } from '../../../src/shared/model.ts'
import { openLaunchKit, stepOf } from './launch-kit.ts'

/** Answers as Mojang's list of versions does. */
const manifest = async () =>
  new Response(JSON.stringify({ latest: { release: '26.1', snapshot: '26.2-snapshot-3' } }))

describe('a launch', () => {
  test('goes through its steps to Online, and lets the engine restart the server from then on', async () => {
    const kit = openLaunchKit()
    const created = await kit.create({ name: 'Skyblock' })
    const server = await kit.until(created.id, 'online')
    expect(server).toMatchObject({ addressFinal: true, problem: null, run: { state: 'succeeded' } })
    expect(server.run?.steps.map(({ name, state }) => `${name} ${state}`)).toEqual([
      'reserve done',
      'image done',
      'container done',
      'start done',
      'verify done',
    ])
    const container = kit.engine.containers.get(server.containerName)
    expect(container?.state.restartPolicy).toBe('unless-stopped')
    expect(container?.password).toBe(created.rconPassword)
    expect(JSON.stringify(container?.spec)).not.toContain(created.rconPassword)
    const asked = kit.engine.calls.map((call) => call.replace(server.containerName, 'NAME'))
    expect(asked.filter((call) => /^(create|put|set|start|pull)/.test(call))).toEqual([
      'pullImage game:1',
      'createVolume NAME',
      'createContainer NAME',
      'putFile /lightnode/rcon-password',
      'setRestartPolicy NAME no',
      'startContainer NAME',
      'setRestartPolicy NAME unless-stopped',
    ])
  })

  test('shows how far the pull is while it goes on, and not after it', async () => {
    const kit = openLaunchKit()
    let goOn = () => {}
    kit.engine.before = (method) =>
      method === 'pullImage' ? new Promise((resolve) => (goOn = resolve)) : undefined
    const { id } = await kit.create()
    const pulling = await kit.until(id, (server) => stepOf(server, 'image').progress !== null)
    expect(stepOf(pulling, 'image')).toMatchObject({
      state: 'running',
      detail: 'Pulling game:1',
      progress: { current: 1, total: 4, layers: [{ id: 'l1' }] } satisfies Partial<Progress> | object,
    })
    expect(pulling.status).toBe('provisioning')
    goOn()
    expect(stepOf(await kit.until(id, 'online'), 'image').progress).toBeNull()
  })

  test('waits while no engine answers, and goes on by itself', async () => {
    const kit = openLaunchKit({ engine: false })
    kit.watch.see('missing')
    const { id } = await kit.create()
    const waiting = await kit.until(id, 'waiting')
    expect(waiting).toMatchObject({ problem: null, run: { state: 'waiting', endedAt: null } })
    expect(stepOf(waiting, 'image')).toMatchObject({ state: 'waiting', detail: 'No Docker engine answers.' })
    expect(kit.engine.calls).toEqual([])
    kit.connect()
    const online = await kit.until(id, 'online')
    expect(online.run?.id).toBe(waiting.run?.id)
  })

  test.each(['unreachable', 'denied', 'timeout'] as EngineErrorKind[])(
    'waits when the engine is %s on the way, and tries again',
    async (kind) => {
      const kit = openLaunchKit()
      let left = 1
      kit.engine.before = (method) => {
        if (method === 'createContainer' && left-- > 0) throw new EngineError(kind, 'gone')
      }
      const { id } = await kit.create()
      const waiting = await kit.until(id, 'waiting')
      expect(stepOf(waiting, 'container').detail).toBe('The engine stopped answering')
      await kit.until(id, 'online')
    },
  )

  test.each([
    ['pull-failed', 'pullImage', 'IMAGE_MISSING', 'The game image could not be pulled: its words', 'image'],
    [
      'image-missing',
      'createContainer',
      'IMAGE_MISSING',
      'The game image could not be pulled: its words',
      'container',
    ],
    ['no-space', 'pullImage', 'DISK_EXCEEDED', 'The engine has no space left: its words', 'image'],
    ['rejected', 'createContainer', 'ENGINE_REFUSED', 'The engine refused a step: its words', 'container'],
    ['name-taken', 'createContainer', 'ENGINE_REFUSED', 'The engine refused a step: its words', 'container'],
    ['not-found', 'startContainer', 'ENGINE_REFUSED', 'The engine refused a step: its words', 'start'],
  ] as const)('that ends with %s at %s fails with %s', async (kind, at, code, message, step) => {
    const kit = openLaunchKit()
    kit.engine.before = (method) => {
      if (method === at) throw new EngineError(kind, 'its words')
    }
    const { id } = await kit.create()
    const failed = await kit.until(id, 'failed')
    expect(failed.problem).toMatchObject({ code, message, remedy: expect.stringMatching(/\.$/) })
    expect(failed.run).toMatchObject({ state: 'failed', problem: { code } })
    expect(stepOf(failed, step)).toMatchObject({ state: 'failed', detail: message })
  })

  test('that ends with what nobody foresaw says so with an id, and not what it was', async () => {
    const kit = openLaunchKit()
    kit.engine.before = (method) => {
      if (method === 'putFile') throw new TypeError('a detail of the code')
    }
    const failed = await kit.create().then(({ id }) => kit.until(id, 'failed'))
    expect(failed.problem).toMatchObject({
      code: 'INTERNAL',
      message: `Something went wrong that LightNode did not foresee (id ${failed.run?.id}).`,
    })
  })

  test.each([
    ['killed for memory', { exitCode: 137, outOfMemory: true }, 'OUT_OF_MEMORY'],
    ['an exit of its own', { exitCode: 3 }, 'EXITED_EARLY'],
    [
      'a refusal of the EULA',
      { exitCode: 1, logs: ['[init] Please accept the Minecraft EULA at'] },
      'EULA_REFUSED',
    ],
  ])('tells apart %s', async (_what, { exitCode, ...rest }, code) => {
    const kit = openLaunchKit()
    kit.engine.versionName = null
    kit.engine.before = (method, name) => {
      // Between the start and the first answer.
      const state = kit.engine.containers.get(name)?.state
      if (method === 'startContainer' && state) setImmediate(() => kit.engine.end(name, exitCode, rest))
    }
    const failed = await kit.create().then(({ id }) => kit.until(id, 'failed'))
    expect(failed.problem?.code).toBe(code)
    expect(failed.problem?.message.includes('code 3')).toBe(code === 'EXITED_EARLY')
  })

  test('that ended at the EULA is not tried again before it is accepted', async () => {
    const kit = openLaunchKit()
    kit.engine.versionName = null
    kit.engine.before = (method, name) => {
      if (method === 'startContainer')
        setImmediate(() => kit.engine.end(name, 1, { logs: ['[init] Please accept the Minecraft EULA at'] }))
    }
    const { id } = await kit.create()
    await kit.until(id, 'failed')
    expect(() => kit.servers.start(id, 'test')).toThrow('The Minecraft EULA has not been accepted.')
    kit.engine.before = () => {}
    kit.engine.versionName = '1.20.4'
    kit.clock.at = 5000
    kit.servers.start(id, 'test', { acceptEula: true })
    await kit.until(id, 'online')
    expect(findServer(kit.database, id)?.eulaAcceptedAt).toBe(5000)
  })

  test('that never answers ends in time, with its container stopped and Retry working at once', async () => {
    const kit = openLaunchKit({ verifyLimitMs: 50 })
    kit.engine.versionName = null
    const { id } = await kit.create()
    const failed = await kit.until(id, 'failed')
    expect(failed.problem).toMatchObject({
      code: 'NOT_READY',
      message: 'Not ready after 0 seconds. Waiting for the game to answer.',
    })
    expect(kit.engine.containers.get(failed.containerName)?.state.status).toBe('exited')
    kit.engine.versionName = '1.20.4'
    kit.servers.start(id, 'test')
    const online = await kit.until(id, 'online')
    expect(online.run?.id).not.toBe(failed.run?.id)
    expect(online.problem).toBeNull()
  })

  test('that fails can be retried in the moment it is told, even while its container is slow to stop', async () => {
    const kit = openLaunchKit({ verifyLimitMs: 50 })
    kit.engine.versionName = null
    kit.engine.before = (method) =>
      method === 'stopContainer' ? new Promise((resolve) => setTimeout(resolve, 200)) : undefined
    const { id } = await kit.create()
    await kit.until(id, 'failed')
    kit.engine.versionName = '1.20.4'
    kit.servers.start(id, 'test')
    await kit.until(id, 'online')
  })
})

describe('a run', () => {
  test('that a stop cuts off stays open and is gone on with after a restart', async () => {
    const kit = openLaunchKit()
    kit.engine.versionName = null
    const { id } = await kit.create()
    await kit.until(id, (server) => stepOf(server, 'verify').state === 'running')
    await kit.launcher.stop()
    expect(kit.launcher.isBusy(id)).toBe(false)
    const cut = kit.servers.get(id)
    expect(cut).toMatchObject({ status: 'starting', run: { state: 'running', endedAt: null } })

    // The game has come up meanwhile.
    kit.engine.end(cut.containerName, 0)
    kit.engine.versionName = '1.20.4'
    kit.restart().launcher.resume()
    const online = await kit.until(id, 'online')
    expect(online.run?.id).toBe(cut.run?.id)
  })

  test('that waits for an engine is cut off by a stop, too', async () => {
    const kit = openLaunchKit({ engine: false })
    const { id } = await kit.create()
    await kit.until(id, 'waiting')
    await kit.launcher.cancel(id)
    kit.connect()
    await new Promise((resolve) => setTimeout(resolve, 50))
    expect(kit.servers.get(id).status).toBe('waiting')
    kit.restart().launcher.resume()
    await kit.until(id, 'online')
  })

  test('is one at a time for a server', async () => {
    const kit = openLaunchKit()
    const { id, name } = await kit.create()
    for (let again = 0; again < 5; again += 1) kit.launcher.launch(id)
    const { containerName } = await kit.until(id, 'online')
    expect(kit.engine.calls.filter((call) => call === `startContainer ${containerName}`)).toHaveLength(1)
    expect(kit.database.prepare('SELECT count(*) FROM runs').pluck().get()).toBe(1)
    expect(name).toBe('My server')
  })

  test('starts at most four containers at once', async () => {
    const kit = openLaunchKit()
    let now = 0
    let most = 0
    kit.engine.before = async (method) => {
      if (method !== 'startContainer') return
      most = Math.max(most, ++now)
      await new Promise((resolve) => setTimeout(resolve, 30))
      now -= 1
    }
    const all = await Promise.all(Array.from({ length: 9 }, (_, n) => kit.create({ name: `Server ${n}` })))
    for (const { id } of all) await kit.until(id, 'online')
    expect(most).toBe(4)
  })

  test('does not launch what the engine has no memory for', async () => {
    const kit = openLaunchKit()
    const { id } = await kit.create({ memory: 63 })
    const failed = await kit.until(id, 'failed')
    expect(failed.problem?.code).toBe('MEMORY_EXCEEDED')
    expect(kit.engine.calls).not.toContain(`createContainer ${failed.containerName}`)
  })
})

describe('the version', () => {
  test('LATEST is what Mojang says, without a second start', async () => {
    const kit = openLaunchKit({ fetch: manifest })
    const { id } = await kit.create({ version: 'LATEST' })
    const online = await kit.until(id, 'online')
    expect(online).toMatchObject({ version: 'LATEST', resolvedVersion: '26.1' })
    const { calls, containers } = kit.engine
    expect(calls.filter((call) => call.startsWith('startContainer'))).toHaveLength(1)
    expect(containers.get(online.containerName)?.spec.env.VERSION).toBe('26.1')
  })

  test('LATEST that only the game can tell is written into a new container, same world, second start', async () => {
    const kit = openLaunchKit()
    kit.engine.versionName = 'Paper 1.21.4'
    const { id } = await kit.create({ version: 'LATEST', type: 'PAPER' })
    const online = await kit.until(id, 'online')
    expect(online.resolvedVersion).toBe('1.21.4')
    const count = (start: string) => kit.engine.calls.filter((call) => call.startsWith(start)).length
    expect([count('startContainer'), count('removeContainer'), count('createVolume')]).toEqual([2, 1, 1])
    expect(kit.engine.containers.get(online.containerName)?.spec.env.VERSION).toBe('1.21.4')
  })

  test('that the game tells may need an image with another Java, which is pulled then', async () => {
    const kit = openLaunchKit({ image: 'itzg/minecraft-server' })
    kit.engine.versionName = 'Paper 1.20.4'
    const { id } = await kit.create({ version: 'LATEST', type: 'PAPER' })
    const online = await kit.until(id, (server) => ['online', 'failed'].includes(server.status))
    expect(online.problem).toBeNull()
    expect(kit.engine.calls.filter((call) => call.startsWith('pullImage'))).toEqual([
      'pullImage itzg/minecraft-server:latest',
      'pullImage itzg/minecraft-server:java17',
    ])
    expect(kit.engine.containers.get(online.containerName)?.spec.image).toBe('itzg/minecraft-server:java17')
  })

  test('that nobody can read leaves the server on what was asked for', async () => {
    const kit = openLaunchKit()
    kit.engine.versionName = 'a proxy of some kind'
    const { id } = await kit.create({ version: 'LATEST', type: 'PAPER' })
    expect((await kit.until(id, 'online')).resolvedVersion).toBeNull()
    expect(findServer(kit.database, id)?.firstOnlineAt).not.toBeNull()
  })
})
