import fc from 'fast-check'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { insertRun } from '../../../src/main/database/runs.ts'
import { openReconcileKit, type ReconcileKit } from './reconcile-kit.ts'

/** What may happen, in any order, with or without a word from the engine. */
const deeds = [
  ...(['stop', 'start', 'pause', 'rename', 'remove', 'update', 'remake', 'away', 'back'] as const),
  ...(['reconcile', 'glance', 'look', 'event'] as const),
]
type Deed = (typeof deeds)[number]

/** The container's name by now; null when it is gone. */
function nameOf(kit: ReconcileKit, id: string): string | null {
  const found = [...kit.engine.containers.values()].find(
    ({ spec }) => spec.labels['org.lightnode.server'] === id,
  )
  return found?.state.name ?? null
}

async function perform(kit: ReconcileKit, id: string, deed: Deed): Promise<void> {
  const name = nameOf(kit, id)
  const { outside } = kit
  const status = name === null ? null : kit.container(name).state.status
  if (deed === 'away') {
    // What happened before it went was told.
    await kit.observer.look(id)
    kit.watch.see('missing')
  } else if (deed === 'back') {
    kit.connect()
    // Whoever stops it in that very moment is taken for the engine.
    await kit.observer.look(id)
  } else if (deed === 'reconcile') void kit.reconciler.reconcile()
  else if (deed === 'glance') void kit.reconciler.glance()
  else if (deed === 'look') void kit.observer.look(id)
  else if (deed === 'event') kit.watch.emit({ action: 'change', labels: kit.labels(id) })
  // An engine that is gone does nothing for anybody; what ends with it is launched again.
  else if (name === null || kit.watch.current.state !== 'available') return
  else if (deed === 'stop') outside.stop(name)
  else if (deed === 'start') await outside.start(name)
  else if (deed === 'pause' && status === 'running') outside.pause(name)
  else if (deed === 'rename') outside.rename(name, name === 'elsewhere' ? 'further away' : 'elsewhere')
  else if (deed === 'remove') outside.remove(name)
  else if (deed === 'update') outside.update(name, { memoryBytes: 3 * 1024 ** 3 })
  else if (deed === 'remake')
    await outside.remake(name, { mount: { type: 'volume', source: 'another', target: '/data' } })
}

/** What a stranger sees: by the container, and by whether somebody may log in at the server's ports. */
function truth(kit: ReconcileKit, id: string): string {
  const name = nameOf(kit, id)
  // Under another name, and with another id than the record's, nothing says that it is the server's.
  const known =
    name !== null &&
    [kit.row(id).containerName, kit.row(id).containerId].some((key) =>
      [name, kit.container(name).state.id].includes(key ?? ''),
    )
  return known && kit.container(name).state.status === 'running' ? 'online' : 'stopped'
}

async function world(lookOnly: boolean, did: readonly { deed: Deed; turns: number }[]) {
  const kit = openReconcileKit()
  const { id } = await kit.online()
  // The engine takes its time, and things happen in between.
  kit.engine.before = () => new Promise((resolve) => setImmediate(resolve))
  if (lookOnly) kit.lookOnly()
  for (const { deed, turns } of did) {
    await perform(kit, id, deed)
    for (let turn = 0; turn < turns; turn++) await new Promise((resolve) => setImmediate(resolve))
  }
  kit.connect()
  await kit.reconciler.reconcile()
  await kit.observer.look(id)
  return { kit, id }
}

const histories = fc.array(fc.record({ deed: fc.constantFrom(...deeds), turns: fc.nat({ max: 6 }) }), {
  minLength: 1,
  maxLength: 12,
})

describe.each([
  { mode: 'as always', lookOnly: false },
  { mode: 'while it only looks', lookOnly: true },
])('whatever others do, $mode', ({ lookOnly }) => {
  test('looking changes nothing that is theirs to change, and ends in what is true', async () => {
    await fc.assert(
      fc.asyncProperty(histories, async (did) => {
        const { kit, id } = await world(lookOnly, did)
        try {
          await kit.until(id, ({ status }) => status === truth(kit, id))
          const calls = kit.changes()
          // What the engine started again must not loop until it answers; nothing else is ever touched.
          const allowed = lookOnly ? [] : calls.filter((call) => call.startsWith('setRestartPolicy'))
          expect(calls).toEqual(allowed)
          expect(kit.row(id)).toMatchObject({ desired: 'running', volumeName: expect.stringContaining(id) })
          // Again, and again: nothing more comes of it.
          const before = JSON.stringify(kit.servers.get(id))
          await kit.reconciler.reconcile()
          await Promise.all([kit.reconciler.reconcile(), kit.reconciler.glance(), kit.reconciler.reconcile()])
          expect(JSON.stringify(kit.servers.get(id))).toBe(before)
          expect(kit.changes()).toEqual(calls)
        } finally {
          await kit.reconciler.stop()
          await kit.stop()
          kit.engine.close()
        }
      }),
      { numRuns: 60 },
    )
  }, 120_000)
})

describe('the reconciler', () => {
  test('is shared while it runs: who asks meanwhile waits for one more look', async () => {
    const kit = openReconcileKit()
    await kit.online()
    const lists = () => kit.engine.calls.filter((call) => call === 'listVolumes').length
    await Promise.all([1, 2, 3, 4].map(() => kit.reconciler.reconcile()))
    expect(lists()).toBe(2)
  })

  test('does the rest when a step fails', async () => {
    const kit = openReconcileKit()
    const { id } = await kit.online()
    await kit.bin.remove(id, 'test')
    kit.engine.volumes.set('lost', kit.labels('gone'))
    kit.engine.before = (method) => {
      if (method === 'listContainers') throw new Error('no answer')
    }
    kit.database.prepare("UPDATE servers SET container_id = 'x' WHERE id = ?").run(id)
    await kit.reconciler.reconcile()
    expect(kit.database.prepare('SELECT container_id FROM servers').pluck().all()).toEqual([null])
    kit.engine.before = () => {}
    await kit.reconciler.reconcile()
    const reported = kit.database.prepare("SELECT 1 FROM activity WHERE action = 'volume.found'").all()
    expect(reported).toHaveLength(1)
  })

  test('goes on with a run that nobody works on, and not before a minute has passed', async () => {
    vi.useFakeTimers({ toFake: ['performance'] })
    onTestFinished(() => void vi.useRealTimers())
    const kit = openReconcileKit()
    const { id } = await kit.online()
    await kit.servers.stop(id, 'test')
    insertRun(kit.database, { id: 'stray', serverId: id, startedAt: 9_000 })
    await kit.reconciler.reconcile()
    vi.advanceTimersByTime(59_000)
    await kit.reconciler.reconcile()
    expect(kit.launcher.isBusy(id)).toBe(false)
    vi.advanceTimersByTime(2_000)
    await kit.reconciler.reconcile()
    await kit.until(id, 'online')
    expect(kit.servers.get(id).run).toMatchObject({ id: 'stray', state: 'succeeded' })
  })

  test('begins nothing after its end', async () => {
    const kit = openReconcileKit()
    await kit.online()
    await kit.reconciler.stop()
    await kit.reconciler.reconcile()
    await kit.reconciler.glance()
    expect(kit.engine.calls).toEqual([])
  })

  test('without an engine looks at what it can', async () => {
    const kit = openReconcileKit()
    const { id } = await kit.online()
    kit.watch.see('missing')
    await kit.reconciler.reconcile()
    expect(kit.servers.get(id).status).toBe('online')
    expect(kit.engine.calls).toEqual([])
  })
})
