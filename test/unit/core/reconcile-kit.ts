import pino from 'pino'
import { onTestFinished } from 'vitest'
import { createTakeBack } from '../../../src/main/adoption/take-back.ts'
import { createGate } from '../../../src/main/data/gate.ts'
import { beginLookOnly, isLookOnly } from '../../../src/main/data/look-only.ts'
import { findServer } from '../../../src/main/database/servers.ts'
import type { ContainerSpec } from '../../../src/main/engine/types.ts'
import { createFoundNews } from '../../../src/main/servers/found-news.ts'
import { labelsOf } from '../../../src/main/servers/labels.ts'
import { createLeftovers } from '../../../src/main/servers/leftovers.ts'
import { createMender } from '../../../src/main/servers/mend.ts'
import { createReconciler } from '../../../src/main/servers/reconciler.ts'
import { createRecords } from '../../../src/main/servers/records.ts'
import type { Drift, DriftKind } from '../../../src/shared/drift.ts'
import { LOCAL } from './kit.ts'
import { installationId, openLaunchKit } from './launch-kit.ts'

const changing =
  /^(createContainer|putFile|startContainer|stopContainer|killContainer|renameContainer|removeContainer|setRestartPolicy|createVolume|removeVolume|pullImage|exec|writeArchive) /

/** The launch kit with all that keeps it right, and a hand that changes things outside LightNode. */
export function openReconcileKit(options: Parameters<typeof openLaunchKit>[0] = {}) {
  const kit = openLaunchKit(options)
  const { database, binding, observer, launcher, tasks, bin, pool, activity, events, watch, engine } = kit
  const logger = pino({ level: 'silent' })
  const found = createFoundNews({ database, installationId, watch, events })
  const makeLeftovers = () =>
    createLeftovers({
      ...{ database, installationId, tasks, activity, logger, now: Date.now },
      isHeld: observer.isHeld,
    })
  const leftovers = makeLeftovers()
  const gate = createGate(() => isLookOnly(database))
  const reconciler = createReconciler({
    ...{ database, binding, observer, launcher, tasks, bin, pool, leftovers, found, logger },
    ...{ hostId: LOCAL, act: gate.act },
  })
  const mender = createMender({
    ...{ database, installationId, binding, observer, launcher, tasks },
    records: createRecords(database, kit.views, activity),
    takeBack: createTakeBack({ database, installationId, credentials: kit.credentials, now: Date.now }),
    start: kit.servers.start,
    restart: kit.servers.restart,
  })
  onTestFinished(async () => {
    await reconciler.stop()
    found.stop()
  })

  const container = (name: string) => {
    const one = engine.containers.get(name)
    if (!one) throw new Error(`no container ${name}`)
    return one
  }
  /** What somebody else asks of the engine is not counted as ours. */
  function uncounted<Result>(ask: () => Promise<Result>): Promise<Result> {
    const before = engine.calls.length
    const asked = ask()
    engine.calls.splice(before)
    return asked
  }
  /** What somebody else does to a container; without a word to the observer. */
  const outside = {
    start: (name: string) => uncounted(() => engine.startContainer(container(name).state.id)),
    stop: (name: string) => engine.end(name, 0),
    pause: (name: string) => {
      container(name).state.status = 'paused'
    },
    rename(name: string, to: string) {
      const one = container(name)
      one.state.name = to
      engine.containers.delete(name)
      engine.containers.set(to, one)
    },
    remove(name: string) {
      engine.end(name, 0)
      engine.containers.delete(name)
    },
    update: (name: string, change: { memoryBytes?: number; restartPolicy?: string }) =>
      Object.assign(container(name).state, change),
    /** As "duplicate and edit" of other panels: the same name and labels on a new container. */
    async remake(name: string, change: Partial<ContainerSpec>) {
      const { spec, password } = container(name)
      outside.remove(name)
      await uncounted(() => engine.createContainer({ ...spec, ...change, name }))
      container(name).password = password
      await outside.start(name)
      container(name).state.restartPolicy = 'unless-stopped'
    },
  }

  return {
    ...kit,
    ...{ reconciler, leftovers, makeLeftovers, mender, outside, container, installationId },
    /** A server that is Online, and what was asked of the engine forgotten. */
    async online(change: Parameters<typeof kit.create>[0] = {}) {
      const { id } = await kit.create(change)
      const server = await kit.until(id, 'online')
      await observer.look(id)
      engine.calls.length = 0
      return server
    },
    /** Looks, and waits until the server shows this drift, or none. */
    async seen(id: string, ...kinds: DriftKind[]): Promise<Drift[]> {
      await observer.look(id)
      return (await kit.until(id, ({ drift }) => drift.map(({ kind }) => kind).join() === kinds.join())).drift
    },
    row: (id: string) => {
      const row = findServer(database, id)
      if (!row) throw new Error(`no server ${id}`)
      return row
    },
    /** The calls that change something. */
    changes: () => engine.calls.filter((call) => changing.test(`${call} `)),
    lookOnly: () => beginLookOnly(database, 'a copy', 0),
    labels: (serverId: string) => labelsOf(installationId, serverId),
  }
}

export type ReconcileKit = ReturnType<typeof openReconcileKit>
