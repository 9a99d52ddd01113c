import { describe, expect, test } from 'vitest'
import { listPorts } from '../../../src/main/database/ports.ts'
import { findLastRun, insertRun } from '../../../src/main/database/runs.ts'
import { updateServer } from '../../../src/main/database/servers.ts'
import { openSessions } from '../../../src/main/database/sessions.ts'
import { insertTask } from '../../../src/main/database/tasks.ts'
import { HELPER_LABEL, labelsOf } from '../../../src/main/servers/labels.ts'
import type { LightNodeEvent } from '../../../src/shared/model.ts'
import { LOCAL } from './kit.ts'
import { installationId } from './launch-kit.ts'
import { openReconcileKit, type ReconcileKit } from './reconcile-kit.ts'

/** A container as a crash may leave it: made, and not written down. */
async function halfMade(kit: ReconcileKit, name: string, labels: Record<string, string>) {
  const like = [...kit.engine.containers.values()][0]
  if (!like) throw new Error('no container to make one like')
  const { id } = await kit.engine.createContainer({ ...like.spec, name, labels, ports: [] })
  kit.engine.calls.length = 0
  return id
}

/** A helper has no server's label: nobody takes it for the game. */
function helperLabels(serverId: string, installation = installationId): Record<string, string> {
  const [name] = Object.entries(labelsOf(installation, serverId)).filter(([, id]) => id === installation)
  return { ...Object.fromEntries(name ? [name] : []), [HELPER_LABEL]: serverId }
}

const names = (kit: ReconcileKit) => [...kit.engine.containers.keys()].sort()

describe('a container that was made and never started', () => {
  test('is removed when the record of its server says another', async () => {
    const kit = openReconcileKit()
    const { id, containerName } = await kit.online()
    await halfMade(kit, 'left', kit.labels(id))
    await kit.reconciler.reconcile()
    expect(names(kit)).toEqual([containerName])
    expect(kit.changes()).toEqual(['removeContainer left'])
  })

  test('is removed when no record wants one, also in the bin', async () => {
    const kit = openReconcileKit()
    const { id } = await kit.online()
    await halfMade(kit, 'left', kit.labels(id))
    const { name } = kit.servers.get(id)
    await kit.bin.remove(id, 'test')
    kit.database.prepare('UPDATE servers SET container_id = NULL WHERE id = ?').run(id)
    await kit.reconciler.reconcile()
    expect(names(kit)).toEqual([])
    await kit.bin.restore(id, name, 'test')
    await kit.until(id, 'online')
  })

  test('stays while a launch is at work, or a run is open', async () => {
    const kit = openReconcileKit()
    const { id, containerName } = await kit.online()
    await halfMade(kit, 'left', kit.labels(id))
    insertRun(kit.database, { id: 'open', serverId: id, startedAt: 5_000 })
    await kit.reconciler.reconcile()
    expect(names(kit)).toEqual([containerName, 'left'].sort())
    expect(kit.changes()).toEqual([])
  })

  test('stays when it is the server’s own, the one that was replaced, or has run', async () => {
    const kit = openReconcileKit()
    const { id, containerName } = await kit.online()
    await kit.servers.stop(id, 'test')
    kit.container(containerName).state.status = 'created'
    const replaced = await halfMade(kit, 'replaced', kit.labels(id))
    updateServer(kit.database, id, { replacedContainerId: replaced })
    await halfMade(kit, 'ran', kit.labels(id))
    kit.container('ran').state.status = 'exited'
    await kit.reconciler.reconcile()
    expect(names(kit)).toEqual([containerName, 'ran', 'replaced'].sort())
    expect(kit.changes()).toEqual([])
  })

  test('stays when its server is gone, or another installation’s: the first is offered, the second nobody’s', async () => {
    const kit = openReconcileKit()
    await kit.online()
    await halfMade(kit, 'orphan', kit.labels('gone'))
    await halfMade(kit, 'foreign', labelsOf('another', 'gone'))
    await halfMade(kit, 'made by hand', {})
    await kit.reconciler.reconcile()
    expect(names(kit)).toHaveLength(4)
    expect(kit.changes()).toEqual([])
  })
})

describe('a helper', () => {
  const helper = helperLabels

  test('without a task is removed at the start, running or not; another installation’s is not', async () => {
    const kit = openReconcileKit()
    const { id } = await kit.online()
    await halfMade(kit, 'help-1', helper(id))
    await halfMade(kit, 'help-2', helper(id))
    kit.container('help-2').state.status = 'running'
    await halfMade(kit, 'help-3', helper(id, 'another'))
    await kit.reconciler.reconcile()
    expect(kit.changes().sort()).toEqual([
      'killContainer help-2',
      'removeContainer help-1',
      'removeContainer help-2',
    ])
    expect(names(kit)).toContain('help-3')
  })

  test('later is removed only when two looks in a row find it without a task', async () => {
    const kit = openReconcileKit()
    const { id } = await kit.online()
    await kit.reconciler.reconcile()
    await halfMade(kit, 'help', helper(id))
    await kit.reconciler.reconcile()
    expect(kit.changes()).toEqual([])
    await kit.reconciler.reconcile()
    expect(kit.changes()).toEqual(['removeContainer help'])
  })

  test('of a task that is open stays', async () => {
    const kit = openReconcileKit()
    const { id } = await kit.online()
    await halfMade(kit, 'help', helper(id))
    let done = () => {}
    const task = kit.tasks.run(
      id,
      'backup',
      {},
      'test',
      () => new Promise<void>((resolve) => (done = resolve)),
    )
    await kit.reconciler.reconcile()
    await kit.reconciler.reconcile()
    expect(kit.changes()).toEqual([])
    done()
    await task
  })
})

describe('a volume of ours', () => {
  const reports = (kit: ReconcileKit) =>
    kit.database.prepare("SELECT message FROM activity WHERE action = 'volume.found'").pluck().all()

  test('without a server is reported once, and never removed', async () => {
    const kit = openReconcileKit()
    const { volumeName } = await kit.online()
    kit.engine.volumes.set('lost', kit.labels('gone'))
    kit.engine.volumes.set('foreign', labelsOf('another', 'gone'))
    kit.engine.volumes.set('made by hand', {})
    await kit.reconciler.reconcile()
    await kit.reconciler.reconcile()
    await kit.makeLeftovers().tidyEngine(kit.engine)
    expect(reports(kit)).toEqual(['The volume lost holds a world that no server stands for. It is kept.'])
    expect([...kit.engine.volumes.keys()]).toEqual([volumeName, 'lost', 'foreign', 'made by hand'])
    expect(kit.changes()).toEqual([])
  })

  test('that is an earlier world, one of the bin, or being made by a task is no news', async () => {
    const kit = openReconcileKit()
    const { id } = await kit.online()
    const other = await kit.online({ name: 'Other' })
    kit.engine.volumes.set('earlier', kit.labels('gone'))
    kit.database
      .prepare(
        `INSERT INTO world_copies (volume_name, server_id, reason, type, version, bytes, files, created_at)
         VALUES ('earlier', ?, 'change', 'PAPER', '1.20.4', 1, 1, 1)`,
      )
      .run(id)
    await kit.bin.remove(other.id, 'test')
    kit.engine.volumes.set('next', kit.labels(id))
    insertTask(kit.database, {
      ...{ id: 't', serverId: id, kind: 'restore', actor: 'test', plan: '{}', step: '', startedAt: 1 },
    })
    await kit.reconciler.reconcile()
    expect(reports(kit)).toEqual([])
  })
})

describe('records', () => {
  test('an open run of a server in the bin is ended', async () => {
    const kit = openReconcileKit()
    const { id } = await kit.online()
    await kit.bin.remove(id, 'test')
    insertRun(kit.database, { id: 'left', serverId: id, startedAt: 9_000 })
    kit.leftovers.tidyRecords()
    expect(findLastRun(kit.database, id)).toMatchObject({ id: 'left', state: 'cancelled' })
  })

  test('of a server that is gone go; its ports come back to the pool', async () => {
    const kit = openReconcileKit()
    const { id, port } = await kit.online()
    const { id: kept, port: keptPort } = await kit.online({ name: 'Kept' })
    const sessions = openSessions(kit.database, Date.now)
    for (const serverId of [id, kept]) sessions.create({ kind: 'panel', serverId })
    insertTask(kit.database, {
      ...{ id: 't', serverId: id, kind: 'backup', actor: 'test', plan: '{}', step: '', startedAt: 1 },
    })
    // Nobody does that to a database but by hand.
    kit.database.pragma('foreign_keys = OFF')
    kit.database.prepare('DELETE FROM servers WHERE id = ?').run(id)
    kit.database.pragma('foreign_keys = ON')
    kit.leftovers.tidyRecords()
    const state = (wanted: number) =>
      listPorts(kit.database, LOCAL, 'game').find((row) => row.port === wanted)?.state
    expect([state(port), state(keptPort)]).toEqual(['free', 'reserved'])
    const left = (table: string) =>
      kit.database.prepare(`SELECT DISTINCT server_id FROM ${table}`).pluck().all()
    expect(['runs', 'tasks', 'sessions'].map(left)).toEqual([[kept], [], [kept]])
    expect(kit.database.pragma('foreign_key_check')).toEqual([])
  })

  test('ports of a server whose time in the bin is over come back', async () => {
    const kit = openReconcileKit()
    const { id, port } = await kit.online()
    await kit.bin.remove(id, 'test')
    kit.database.prepare('UPDATE servers SET expired_at = 1, last_port = ? WHERE id = ?').run(port, id)
    kit.leftovers.tidyRecords()
    expect(kit.counts('game').reserved).toBe(0)
  })
})

describe('what is found', () => {
  test('is told when containers that are no server’s come or go, and not for ours', async () => {
    const kit = openReconcileKit()
    const { id } = await kit.online()
    const told: LightNodeEvent['type'][] = []
    const end = new AbortController()
    const listening = (async () => {
      for await (const { type } of kit.events.subscribe(end.signal)) told.push(type)
    })()
    const gathered = () => new Promise((resolve) => setTimeout(resolve, 400))
    const news = () => told.filter((type) => type === 'found').length
    await kit.reconciler.reconcile()
    kit.watch.emit({ action: 'start', labels: kit.labels(id) })
    kit.watch.emit({ action: 'other', labels: {} })
    kit.watch.emit({ action: 'create', labels: helperLabels(id) })
    await gathered()
    expect(news()).toBe(0)
    kit.watch.emit({ action: 'create', labels: {} })
    kit.watch.emit({ action: 'start', labels: {} })
    await gathered()
    expect(news()).toBe(1)
    kit.watch.emit({ action: 'destroy', labels: kit.labels('gone') })
    await gathered()
    expect(news()).toBe(2)
    // An event that was lost is made up for by the full look.
    kit.engine.foreign.push({ id: 'x', name: 'x', running: true, labels: {}, image: 'x', hostPorts: [] })
    await kit.reconciler.reconcile()
    await kit.reconciler.reconcile()
    await gathered()
    expect(news()).toBe(3)
    end.abort()
    await listening
  })
})
