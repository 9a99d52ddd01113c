import { once } from 'node:events'
import pino from 'pino'
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { findOpenTask } from '../../../src/main/database/tasks.ts'
import { createTasks, type Task, type Tasks } from '../../../src/main/servers/tasks.ts'
import { createServerViews, type ServerViews } from '../../../src/main/servers/view.ts'
import { LightNodeError } from '../../../src/shared/errors.ts'
import { failureOf, type Kit, openKit } from './kit.ts'

let kit: Kit
let views: ServerViews
let tasks: Tasks

const anew = () =>
  createTasks({ database: kit.database, views, logger: pino({ level: 'silent' }), now: kit.now })
const turns = () => new Promise((resolve) => setTimeout(resolve, 20))
const seen = () => views.find('a')?.task

beforeEach(async () => {
  kit = openKit()
  await kit.reserve('a')
  views = createServerViews(kit.database, kit.events)
  tasks = anew()
})

/** Work that goes on until it is aborted. */
async function endless(task: Task<unknown>): Promise<void> {
  task.step('Copying', { cancellable: true })
  await once(task.signal, 'abort')
  throw task.signal.reason
}

describe('a task', () => {
  test('answers with what its work comes to, and leaves nothing to see', async () => {
    const result = await tasks.run('a', 'backup', { to: 1 }, 'test', async (task) => {
      task.step('Halfway')
      task.progress(1, 2)
      expect(seen()).toMatchObject({ step: 'Halfway', progress: { bytes: 1, total: 2 }, cancellable: false })
      return task.plan.to
    })
    expect(result).toBe(1)
    expect(seen()).toBeNull()
  })

  test('is the only one of its server', async () => {
    const first = tasks.run('a', 'backup', {}, 'test', endless)
    first.catch(() => {})
    await turns()
    const refused = await failureOf(() => tasks.run('a', 'restore', {}, 'test', endless))
    expect(refused).toMatchObject({ code: 'BUSY', message: 'Backing up: Copying. Wait until it is done.' })
    await tasks.cancel('a')
    expect((await failureOf(() => first)).code).toBe('CANCELLED')
    expect(seen()).toBeNull()
  })

  test('that fails is told of until it is put away', async () => {
    const failed = failureOf(() =>
      tasks.run('a', 'backup', {}, 'test', async () => {
        throw new LightNodeError('BACKUP_FAILED', 'The folder is gone.')
      }),
    )
    expect((await failed).code).toBe('BACKUP_FAILED')
    expect(seen()).toMatchObject({
      kind: 'backup',
      problem: { code: 'BACKUP_FAILED', message: 'The folder is gone.' },
    })
    expect(tasks.current('a')).toBeNull()
  })

  test('that does not say so can not be given up, but taken over', async () => {
    const running = failureOf(() =>
      tasks.run('a', 'stop', {}, 'test', async (task) => {
        task.step('Stopping')
        await once(task.signal, 'abort')
        throw task.signal.reason
      }),
    )
    await turns()
    expect((await failureOf(() => tasks.cancel('a'))).code).toBe('BUSY')
    await tasks.takeOver('a')
    expect((await running).code).toBe('CANCELLED')
    expect(tasks.current('a')).toBeNull()
  })

  test('is open for the next start when LightNode ends, with its last plan', async () => {
    const cut = failureOf(() =>
      tasks.run('a', 'backup', { part: 0 }, 'desktop', async (task) => {
        task.replan({ part: 1 })
        await endless(task)
      }),
    )
    await turns()
    await tasks.stop()
    expect((await cut).code).toBe('BUSY')
    const next = anew()
    // Before it goes on nothing else begins.
    expect(next.current('a')).toBe('backup')
    expect((await failureOf(() => next.run('a', 'stop', {}, 'test', endless))).code).toBe('BUSY')
    const begun: unknown[] = []
    next.resume({
      backup: async ({ plan, actor, resumed }) => {
        begun.push({ plan, actor, resumed })
      },
    })
    await next.done('a')
    expect(begun).toEqual([{ plan: { part: 1 }, actor: 'desktop', resumed: true }])
    expect(findOpenTask(kit.database, 'a')).toBeNull()
  })

  test('is closed as soon as a full disk takes it', async () => {
    let goOn = () => {}
    const gate = new Promise<void>((resolve) => {
      goOn = resolve
    })
    const done = tasks.run('a', 'backup', {}, 'test', () => gate)
    await turns()
    const full = fillUp()
    goOn()
    await turns()
    expect(tasks.current('a')).toBe('backup')
    full.giveSpace()
    await done
    expect(findOpenTask(kit.database, 'a')).toBeNull()
  })

  test('that can not be closed when LightNode ends is left open', async () => {
    let goOn = () => {}
    const gate = new Promise<void>((resolve) => {
      goOn = resolve
    })
    const done = failureOf(() => tasks.run('a', 'backup', {}, 'test', () => gate))
    await turns()
    const full = fillUp()
    goOn()
    await turns()
    await tasks.stop()
    expect((await done).code).toBe('BUSY')
    full.giveSpace()
    expect(findOpenTask(kit.database, 'a')).not.toBeNull()
  })
})

/** Every end of a task fails as on a full disk. */
function fillUp(): { giveSpace(): void } {
  const { database } = kit
  const prepare = database.prepare.bind(database)
  const full = Object.assign(new Error('database or disk is full'), { code: 'ENOSPC' })
  database.prepare = ((sql: string) => {
    if (sql.startsWith('UPDATE tasks SET ended_at')) throw full
    return prepare(sql)
  }) as typeof database.prepare
  const giveSpace = () => {
    database.prepare = prepare
  }
  onTestFinished(giveSpace)
  return { giveSpace }
}
