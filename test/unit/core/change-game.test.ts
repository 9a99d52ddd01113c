import { once } from 'node:events'
import { describe, expect, test } from 'vitest'
import { findServer } from '../../../src/main/database/servers.ts'
import { findOpenTask } from '../../../src/main/database/tasks.ts'
import { EngineError } from '../../../src/main/engine/types.ts'
import { LightNodeError } from '../../../src/shared/errors.ts'
import type { Server } from '../../../src/shared/model.ts'
import { failureOf } from './kit.ts'
import { type LaunchKit, openLaunchKit } from './launch-kit.ts'

/** A core whose copies of worlds are noted, with what the container was doing then. */
function open() {
  const copies: { type: string; version: string; running: boolean }[] = []
  const state = { error: null as Error | null, waits: false }
  const kit: LaunchKit = openLaunchKit({
    async makeCopy({ type, version, containerName }, task) {
      if ('copy' in task.plan) return
      task.step('Copying the world', { cancellable: true })
      if (state.waits) await once(task.signal, 'abort')
      task.signal.throwIfAborted()
      if (state.error) throw state.error
      const { status } = kit.engine.containers.get(containerName)!.state
      copies.push({ type, version, running: status === 'running' })
      task.replan({ ...task.plan, ...{ copy: 'copy-1' } })
    },
  })
  return { kit, copies, state }
}

async function online(kit: LaunchKit): Promise<Server> {
  const { id } = await kit.create()
  return kit.until(id, 'online')
}

const settled = (kit: LaunchKit, id: string, status: Server['status'] = 'online') =>
  kit.until(id, (server) => server.status === status && findOpenTask(kit.database, id) === null)

describe('another type or version', () => {
  test('of a world: stopped, copied, changed and started', async () => {
    const { kit, copies } = open()
    const { id, containerName } = await online(kit)
    const first = kit.engine.containers.get(containerName)!.state.id
    const answer = await kit.servers.update(id, { type: 'PAPER', version: '1.21.4', memory: 2 }, 'desktop')
    expect(answer.task).toMatchObject({ kind: 'change' })
    expect(await settled(kit, id)).toMatchObject({
      ...{ type: 'PAPER', version: '1.21.4', resolvedVersion: '1.21.4', memory: 2, restartNeeded: false },
    })
    expect(copies).toEqual([{ type: 'VANILLA', version: '1.20.4', running: false }])
    const { state } = kit.engine.containers.get(containerName)!
    expect(state.id).not.toBe(first)
    expect(state.env).toMatchObject({ TYPE: 'PAPER', VERSION: '1.21.4', MEMORY: '2048M' })
    const told = kit.database.prepare<[], string>('SELECT message FROM activity').pluck().all()
    expect(told).toContain('The type of My server changed from VANILLA to PAPER.')
    expect(told).toContain('The version of My server changed from 1.20.4 to 1.21.4.')
  })

  test('that stands still stays so', async () => {
    const { kit, copies } = open()
    const { id } = await online(kit)
    await kit.servers.stop(id, 'test')
    await kit.servers.update(id, { version: '1.21.4' }, 'test')
    expect(await settled(kit, id, 'stopped')).toMatchObject({ version: '1.21.4' })
    expect(copies).toHaveLength(1)
    expect(findServer(kit.database, id)!.desired).toBe('stopped')
  })

  test('LATEST is looked up again, and the running game says what it came to', async () => {
    const { kit } = open()
    const { id } = await online(kit)
    kit.engine.versionName = '26.1'
    await kit.servers.update(id, { version: 'LATEST' }, 'test')
    expect(await settled(kit, id)).toMatchObject({ version: 'LATEST', resolvedVersion: '26.1' })
  })

  test('another type of the same LATEST does not move the world to another version', async () => {
    const { kit } = open()
    const { id } = await kit.create({ version: 'LATEST' })
    expect((await kit.until(id, 'online')).resolvedVersion).toBe('1.20.4')
    await kit.servers.update(id, { type: 'PAPER', version: 'LATEST' }, 'test')
    expect(await settled(kit, id)).toMatchObject({ type: 'PAPER', resolvedVersion: '1.20.4' })
  })

  test('is not made when the copy fails: it runs again as it was, and says why', async () => {
    const { kit, state } = open()
    const { id } = await online(kit)
    state.error = new LightNodeError('DISK_EXCEEDED', 'The copy needs 3 GB.')
    await kit.servers.update(id, { version: '1.21.4' }, 'test')
    expect(await settled(kit, id)).toMatchObject({
      ...{ version: '1.20.4', status: 'online' },
      task: { kind: 'change', problem: { code: 'DISK_EXCEEDED', message: 'The copy needs 3 GB.' } },
    })
  })

  test('can be given up while the world is copied', async () => {
    const { kit, state } = open()
    const { id } = await online(kit)
    state.waits = true
    await kit.servers.update(id, { version: '1.21.4' }, 'test')
    await kit.until(id, ({ task }) => task?.step === 'Copying the world')
    expect((await failureOf(() => kit.servers.update(id, { type: 'PAPER' }, 'test'))).code).toBe('BUSY')
    expect((await failureOf(() => kit.servers.stop(id, 'test'))).code).toBe('BUSY')
    await kit.servers.cancel(id, 'test')
    expect(await settled(kit, id)).toMatchObject({ version: '1.20.4', task: null })
  })

  test('before there is a world it is written at once, and the launch begins again', async () => {
    const { kit, copies } = open()
    kit.engine.versionName = null
    const { id, containerName } = await kit.create().then((created) => kit.until(created.id, 'starting'))
    const answer = await kit.servers.update(id, { type: 'PAPER', version: '1.21.4' }, 'test')
    expect(answer).toMatchObject({ type: 'PAPER', version: '1.21.4', task: null })
    kit.engine.versionName = '1.21.4'
    await kit.until(id, 'online')
    expect(copies).toEqual([])
    expect(kit.engine.containers.get(containerName)!.state.env).toMatchObject({
      TYPE: 'PAPER',
      VERSION: '1.21.4',
    })
  })
})

describe('cut off and begun again', () => {
  test('before the copy is whole: it is made then', async () => {
    const { kit, state, copies } = open()
    const { id } = await online(kit)
    state.waits = true
    await kit.servers.update(id, { version: '1.21.4' }, 'test')
    await kit.until(id, ({ task }) => task?.step === 'Copying the world')
    await kit.stop()
    expect(findServer(kit.database, id)).toMatchObject({ version: '1.20.4', status: 'stopped' })
    state.waits = false
    kit.restart().resume()
    expect(await settled(kit, id)).toMatchObject({ version: '1.21.4' })
    expect(copies).toHaveLength(1)
  })

  test('after the copy: it is not made twice', async () => {
    const { kit, copies } = open()
    const { id } = await online(kit)
    // As a crash right after the copy leaves it: nothing of the change is written.
    kit.database.exec(`CREATE TEMP TRIGGER crash BEFORE UPDATE OF version ON servers WHEN NEW.version <> OLD.version
      BEGIN SELECT RAISE(ABORT, 'killed here'); END`)
    kit.database.exec(`CREATE TEMP TRIGGER open BEFORE UPDATE OF ended_at ON tasks
      BEGIN SELECT RAISE(IGNORE); END`)
    await kit.servers.update(id, { version: '1.21.4' }, 'test')
    await kit.tasks.done(id)
    await kit.stop()
    kit.database.exec('DROP TRIGGER crash; DROP TRIGGER open')
    expect(findServer(kit.database, id)!.version).toBe('1.20.4')
    expect(JSON.parse(findOpenTask(kit.database, id)!.plan)).toMatchObject({ copy: 'copy-1', changed: false })
    kit.restart().resume()
    expect(await settled(kit, id)).toMatchObject({ version: '1.21.4' })
    expect(copies).toHaveLength(1)
  })

  test('after the change: what is left is the start', async () => {
    const { kit, copies } = open()
    const { id } = await online(kit)
    kit.database.exec(`CREATE TEMP TRIGGER open BEFORE UPDATE OF ended_at ON tasks
      BEGIN SELECT RAISE(IGNORE); END`)
    kit.engine.before = (method) => {
      if (method !== 'createContainer') return
      kit.watch.see('missing')
      throw new EngineError('unreachable', 'cut off')
    }
    await kit.servers.update(id, { version: '1.21.4' }, 'test')
    await kit.tasks.done(id)
    await kit.until(id, 'waiting')
    await kit.stop()
    kit.database.exec('DROP TRIGGER open')
    expect(JSON.parse(findOpenTask(kit.database, id)!.plan)).toMatchObject({ changed: true })
    kit.engine.before = () => {}
    kit.connect()
    kit.restart().resume()
    expect(await settled(kit, id)).toMatchObject({ version: '1.21.4' })
    expect(copies).toHaveLength(1)
  })
})
