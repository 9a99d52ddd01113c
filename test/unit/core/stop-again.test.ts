import { describe, expect, test } from 'vitest'
import { findOpenTask } from '../../../src/main/database/tasks.ts'
import type { Server } from '../../../src/shared/model.ts'
import { failureOf } from './kit.ts'
import { type LaunchKit, openLaunchKit } from './launch-kit.ts'
import { calls, hang, online, wanted } from './stop-kit.ts'

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
