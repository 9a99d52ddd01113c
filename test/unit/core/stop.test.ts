import { describe, expect, test } from 'vitest'
import { EngineError } from '../../../src/main/engine/types.ts'
import { failureOf } from './kit.ts'
import { openLaunchKit } from './launch-kit.ts'
import { actions, calls, hang, online, wanted } from './stop-kit.ts'

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

  test('a game that was never Online has nothing to save: the engine ends it when it does not hear', async () => {
    const kit = openLaunchKit()
    const seconds: number[] = []
    const { stopContainer } = kit.engine
    kit.engine.stopContainer = (id, time, signal) => {
      seconds.push(time)
      return stopContainer(id, time, signal)
    }
    kit.engine.versionName = null
    const { id } = await kit.create()
    await kit.until(id, ({ run }) => run?.steps.find(({ name }) => name === 'verify')?.state === 'running')
    expect((await kit.servers.stop(id, 'test')).status).toBe('stopped')
    expect(seconds).toEqual([10])
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
