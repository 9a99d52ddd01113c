import { describe, expect, test } from 'vitest'
import { findServer } from '../../../src/main/database/servers.ts'
import { findOpenTask } from '../../../src/main/database/tasks.ts'
import { EngineError } from '../../../src/main/engine/types.ts'
import type { Server } from '../../../src/shared/model.ts'
import { failureOf } from './kit.ts'
import { type LaunchKit, openLaunchKit } from './launch-kit.ts'

async function online(kit: LaunchKit): Promise<Server> {
  const { id } = await kit.create()
  return kit.until(id, 'online')
}

/** The engine's answers to a method wait until they are let go, or for ever. */
function hang(kit: LaunchKit, wanted: string): () => void {
  let goOn = () => {}
  const gate = new Promise<void>((resolve) => {
    goOn = resolve
  })
  kit.engine.before = (method) => (method === wanted ? gate : undefined)
  return () => {
    kit.engine.before = () => {}
    goOn()
  }
}

const wanted = (kit: LaunchKit, id: string) => findServer(kit.database, id)?.desired
const calls = (kit: LaunchKit, method: string) =>
  kit.engine.calls.filter((call) => call.startsWith(method)).length
const actions = (kit: LaunchKit, id: string) =>
  kit.database
    .prepare<[string], string>('SELECT action FROM activity WHERE server_id = ? ORDER BY id DESC')
    .pluck()
    .all(id)

describe('a stop', () => {
  test('has the game save first, and the engine never kills it', async () => {
    const kit = openLaunchKit()
    const { id, containerName } = await online(kit)
    const seconds: number[] = []
    const { stopContainer } = kit.engine
    kit.engine.stopContainer = (container, limit, signal) => {
      seconds.push(limit)
      return stopContainer(container, limit, signal)
    }
    const stopped = await kit.servers.stop(id, 'desktop')
    expect(stopped).toMatchObject({ status: 'stopped', task: null, problem: null })
    expect(kit.engine.commands).toEqual([`${containerName} save-all flush`])
    expect(seconds).toEqual([86_400])
    expect(wanted(kit, id)).toBe('stopped')
    expect(actions(kit, id)[0]).toBe('server.stopped')
  })

  test('says what it is doing, and can be given up while the game saves', async () => {
    const kit = openLaunchKit()
    const { id } = await online(kit)
    kit.engine.onCommand = () => null
    const stopping = failureOf(() => kit.servers.stop(id, 'test'))
    const saving = await kit.until(id, ({ task }) => task?.cancellable === true)
    expect(saving).toMatchObject({ status: 'online', task: { kind: 'stop', step: 'Saving the world' } })
    expect(wanted(kit, id)).toBe('stopped')
    const after = await kit.servers.cancel(id, 'test')
    expect((await stopping).code).toBe('CANCELLED')
    expect(after).toMatchObject({ status: 'online', task: null })
    expect(wanted(kit, id)).toBe('running')
    expect(calls(kit, 'stopContainer')).toBe(0)
  })

  test('goes on when the game refuses to save, and tells of it', async () => {
    const kit = openLaunchKit()
    const { id, containerName } = await online(kit)
    kit.engine.containers.get(containerName)!.password = 'another'
    expect((await kit.servers.stop(id, 'test')).status).toBe('stopped')
    expect(actions(kit, id).slice(0, 2)).toEqual(['server.stopped', 'server.unsaved'])
  })

  test('is overdue after its limit: answered, shown, and then Kill ends it', async () => {
    const kit = openLaunchKit({ stopLimitMs: 60 })
    const { id } = await online(kit)
    hang(kit, 'stopContainer')
    const early = failureOf(() => kit.servers.kill(id, 'test'))
    expect((await early).code).toBe('BUSY')
    const answer = await kit.servers.stop(id, 'test')
    expect(answer).toMatchObject({ status: 'online', task: { kind: 'stop', killable: true } })
    // Whoever asks now is answered at once, too.
    expect((await kit.servers.stop(id, 'test')).task?.killable).toBe(true)
    expect((await failureOf(() => kit.servers.cancel(id, 'test'))).code).toBe('BUSY')
    const killed = await kit.servers.kill(id, 'desktop')
    expect(killed).toMatchObject({ status: 'stopped', task: null })
    expect(calls(kit, 'killContainer')).toBe(1)
    expect(actions(kit, id)).toContain('server.killed')
    expect(actions(kit, id).filter((action) => action === 'server.failed')).toEqual([])
  })

  test('offers no Kill before its limit, and says from when', async () => {
    const kit = openLaunchKit({ stopLimitMs: 60_000 })
    const { id } = await online(kit)
    const goOn = hang(kit, 'stopContainer')
    const stopping = kit.servers.stop(id, 'test')
    await kit.until(id, ({ task }) => task?.step === 'Stopping the game')
    const refused = await failureOf(() => kit.servers.kill(id, 'test'))
    expect(refused).toMatchObject({ code: 'BUSY', message: expect.stringMatching(/in (60|59) seconds/) })
    expect(calls(kit, 'killContainer')).toBe(0)
    goOn()
    expect((await stopping).status).toBe('stopped')
  })

  test('is seen though the engine never answers', async () => {
    const kit = openLaunchKit()
    const { id, containerName } = await online(kit)
    hang(kit, 'stopContainer')
    const stopping = kit.servers.stop(id, 'test')
    await kit.until(id, ({ task }) => task?.step === 'Stopping the game')
    kit.engine.end(containerName, 0)
    expect((await stopping).status).toBe('stopped')
  })

  test('waits for an engine that goes away in the middle, says so, and goes on', async () => {
    const kit = openLaunchKit()
    const { id } = await online(kit)
    kit.engine.before = (method) => {
      if (method !== 'stopContainer') return
      kit.watch.see('missing')
      throw new EngineError('unreachable', 'cut off')
    }
    const answer = await kit.servers.stop(id, 'test')
    expect(answer.task?.step).toContain('Waiting for Docker')
    kit.engine.before = () => {}
    kit.connect()
    await kit.until(id, ({ status, task }) => status === 'stopped' && task === null)
  })

  test('that the engine refuses for good changes nothing that is wanted', async () => {
    const kit = openLaunchKit()
    const { id } = await online(kit)
    kit.engine.before = (method) => {
      if (method === 'stopContainer') throw new EngineError('rejected', 'no')
    }
    expect((await failureOf(() => kit.servers.stop(id, 'test'))).code).toBe('ENGINE_REFUSED')
    expect(calls(kit, 'stopContainer')).toBe(3)
    expect(kit.servers.get(id)).toMatchObject({
      status: 'online',
      task: { problem: { code: 'ENGINE_REFUSED' } },
    })
    expect(wanted(kit, id)).toBe('running')
    expect(kit.servers.dismissTask(id).task).toBeNull()
  }, 15_000)

  test('without an engine is refused while nothing was begun', async () => {
    const kit = openLaunchKit()
    const { id } = await online(kit)
    kit.watch.see('missing')
    expect((await failureOf(() => kit.servers.stop(id, 'test'))).code).toBe('ENGINE_UNREACHABLE')
    expect(kit.servers.get(id)).toMatchObject({ status: 'online', task: null })
    expect(wanted(kit, id)).toBe('running')
  })

  test('of what stands still does nothing', async () => {
    const kit = openLaunchKit()
    const { id } = await online(kit)
    await kit.servers.stop(id, 'test')
    kit.engine.calls.length = 0
    await kit.servers.stop(id, 'test')
    expect(calls(kit, 'stopContainer')).toBe(0)
    expect(actions(kit, id).filter((action) => action === 'server.stopped')).toHaveLength(1)
  })
})

describe('a stop while the server starts', () => {
  test.each(['pullImage', 'createContainer', 'startContainer'])('gives it up in %s', async (method) => {
    const kit = openLaunchKit()
    const goOn = hang(kit, method)
    const { id } = await kit.create()
    await kit.until(id, () => calls(kit, method) > 0)
    const stopping = kit.servers.stop(id, 'test')
    await kit.until(id, ({ task }) => task !== null)
    goOn()
    expect(await stopping).toMatchObject({ status: 'stopped', task: null, run: { state: 'cancelled' } })
    expect([...kit.engine.containers.values()].filter(({ state }) => state.status === 'running')).toEqual([])
    expect(wanted(kit, id)).toBe('stopped')
    // And it can be begun again.
    kit.servers.start(id, 'test')
    expect((await kit.until(id, 'online')).newWorld).toBe(false)
  })

  test('gives it up while the game does not answer yet', async () => {
    const kit = openLaunchKit()
    kit.engine.versionName = null
    const { id, name } = await kit.create()
    const { containerName } = await kit.until(id, 'starting')
    expect(name).toBe('My server')
    await kit.until(id, ({ run }) => run?.steps.at(-1)?.state === 'running')
    expect(await kit.servers.cancel(id, 'test')).toMatchObject({
      status: 'stopped',
      run: { state: 'cancelled' },
    })
    expect(kit.engine.containers.get(containerName)?.state.status).toBe('exited')
    // It has no world to save yet.
    expect(kit.engine.commands).toEqual([])
  })
})

describe('idempotent', () => {
  test('whoever asks for what is under way shares it', async () => {
    const kit = openLaunchKit()
    const { id } = await online(kit)
    const all = await Promise.all([1, 2, 3].map(() => kit.servers.stop(id, 'test')))
    expect(all.map(({ status }) => status)).toEqual(['stopped', 'stopped', 'stopped'])
    expect(calls(kit, 'stopContainer')).toBe(1)
    expect(kit.database.prepare('SELECT count(*) FROM tasks').pluck().get()).toBe(1)
  })

  test('restart twice is one restart', async () => {
    const kit = openLaunchKit()
    const { id } = await online(kit)
    await Promise.all([kit.servers.restart(id, 'test'), kit.servers.restart(id, 'test')])
    await kit.servers.restart(id, 'test')
    await kit.until(id, 'online')
    expect(calls(kit, 'stopContainer')).toBe(1)
    expect(wanted(kit, id)).toBe('running')
  })

  test('the last word counts: a restart of what is being stopped starts it again, and the other way', async () => {
    const kit = openLaunchKit()
    const { id } = await online(kit)
    let goOn = hang(kit, 'stopContainer')
    const stopping = kit.servers.stop(id, 'test')
    await kit.until(id, ({ task }) => task?.step === 'Stopping the game')
    expect((await failureOf(() => kit.servers.start(id, 'test'))).code).toBe('BUSY')
    const restarting = kit.servers.restart(id, 'test')
    goOn()
    await Promise.all([stopping, restarting])
    await kit.until(id, 'online')
    expect(wanted(kit, id)).toBe('running')

    goOn = hang(kit, 'stopContainer')
    const again = kit.servers.restart(id, 'test')
    await kit.until(id, ({ task }) => task?.step === 'Stopping the game')
    const last = kit.servers.stop(id, 'test')
    goOn()
    await Promise.all([again, last])
    expect(kit.servers.get(id)).toMatchObject({ status: 'stopped', task: null })
    expect(wanted(kit, id)).toBe('stopped')
  })
})

describe('cut off and begun again', () => {
  /** Stops LightNode where the stop is, and starts it anew on the same database. */
  async function cutOffAt(kit: LaunchKit, work: () => Promise<unknown>, at: (server: Server) => boolean) {
    const ended = work().catch((error: { code: string }) => error.code)
    const { id } = kit.servers.list()[0]!
    await kit.until(id, at)
    await kit.stop()
    expect(await ended).toBe('BUSY')
    expect(findOpenTask(kit.database, id)).not.toBeNull()
    kit.engine.before = () => {}
    kit.engine.onCommand = () => ''
    const next = kit.restart()
    expect((await failureOf(() => next.servers.start(id, 'test'))).code).toBe('BUSY')
    next.resume()
    await next.tasks.done(id)
    return next.servers
  }

  test('while the game saves', async () => {
    const kit = openLaunchKit()
    const { id } = await online(kit)
    kit.engine.onCommand = () => null
    const servers = await cutOffAt(
      kit,
      () => kit.servers.stop(id, 'test'),
      ({ task }) => task?.step === 'Saving the world',
    )
    expect(servers.get(id)).toMatchObject({ status: 'stopped', task: null })
    expect(wanted(kit, id)).toBe('stopped')
  })

  test('while the game stops', async () => {
    const kit = openLaunchKit()
    const { id } = await online(kit)
    hang(kit, 'stopContainer')
    const servers = await cutOffAt(
      kit,
      () => kit.servers.stop(id, 'test'),
      ({ task }) => task?.step === 'Stopping the game',
    )
    expect(servers.get(id)).toMatchObject({ status: 'stopped', task: null })
  })

  test('in a restart: it starts again', async () => {
    const kit = openLaunchKit()
    const { id } = await online(kit)
    hang(kit, 'stopContainer')
    await cutOffAt(
      kit,
      () => kit.servers.restart(id, 'test'),
      ({ task }) => task?.step === 'Stopping the game',
    )
    await kit.until(id, 'online')
  })

  test('while a launch is given up', async () => {
    const kit = openLaunchKit()
    kit.engine.versionName = null
    const { id } = await kit.create()
    await kit.until(id, ({ run }) => run?.steps.at(-1)?.state === 'running')
    hang(kit, 'stopContainer')
    const servers = await cutOffAt(
      kit,
      () => kit.servers.cancel(id, 'test'),
      ({ task }) => task?.step === 'Stopping the game',
    )
    expect(servers.get(id)).toMatchObject({ status: 'stopped', run: { state: 'cancelled' } })
  })
})
