import { isLookOnly } from '../data/look-only.ts'
import { findServerOfContainer } from '../database/adoption.ts'
import type { Database } from '../database/open.ts'
import { findLastRun } from '../database/runs.ts'
import { findServer, listServers } from '../database/servers.ts'
import type { Engine, EngineEvent, EngineWatch } from '../engine/types.ts'
import type { RecordActivity } from '../observe/activity.ts'
import type { Logger } from '../observe/logger.ts'
import type { Launcher } from '../provisioning/launcher.ts'
import type { CredentialStore } from './credentials.ts'
import type { EngineBinding } from './engine-binding.ts'
import { serverOf } from './labels.ts'
import { createLooks, type LookShare } from './looks.ts'
import { createSettler } from './settle.ts'
import { seeServer } from './sight.ts'
import type { Tasks } from './tasks.ts'
import type { ServerViews } from './view.ts'

export interface ObserverDeps {
  database: Database
  installationId: string
  watch: EngineWatch
  binding: EngineBinding
  launcher: Launcher
  tasks: Tasks
  credentials: CredentialStore
  views: ServerViews
  activity: RecordActivity
  logger: Logger
  now(): number
  /** Milliseconds that a game may take to answer. */
  verifyLimitMs: number
}

/**
 * Keeps the status of servers true to what the engine shows, and tells what was changed outside; while a launch or
 * a task is under way that one does. It starts, stops, makes and removes nothing, but for what ended with its engine:
 * that is launched again.
 */
export interface Observer {
  /** Looks at every server, now; while that goes on, whoever asks shares it. */
  lookAtAll(): Promise<void>
  /** Resolves when the server has been looked at. Never rejects. */
  look(serverId: string): Promise<void>
  /** The server is being worked on by us: its end is no news. Whatever came of it is seen at the release. */
  hold(serverId: string): () => void
  /** Whether a launch, a task or a holder has the word about the server. */
  isHeld(serverId: string): boolean
  stop(): void
}

export function createObserver(deps: ObserverDeps): Observer {
  const { database, binding, launcher, tasks, views, installationId } = deps
  const held = new Set<string>()
  let lookingAtAll: Promise<void> | null = null
  let over = false
  /** Whether the engine could be used; null before it ever could: what ended before we began is not ours to tell. */
  let usable: boolean | null = binding.usable() === null ? null : true
  const looks = createLooks({ look, logger: deps.logger })
  const settler = createSettler({
    ...{ ...deps, ...looks, isHeld: (id: string) => over || isHeld(id) },
    launch: (id) => launcher.launch(id),
  })

  const stops = [
    deps.watch.onEvent((event) => void onEvent(event)),
    binding.onChange(() => {
      const was = usable
      if (!binding.usable()) {
        if (was) usable = false
        return
      }
      usable = true
      // Events may have been lost meanwhile.
      settler.forget()
      if (was === false) settler.returned()
      lookAtAll().catch((error: unknown) => deps.logger.warn({ err: error }, 'looking at all failed'))
    }),
    // What happened while they had the word is no news to anyone yet.
    launcher.onEnd((id) => {
      settler.launched(id)
      void looks.look(id)
    }),
    tasks.onEnd((id) => void looks.look(id)),
  ]

  async function onEvent({ labels, action, containerId }: EngineEvent): Promise<void> {
    // An adopted container has no label of ours.
    const serverId = serverOf(labels, installationId) ?? findServerOfContainer(database, containerId)
    if (!serverId || action === 'create' || action === 'other') return
    settler.happened(serverId)
    await looks.look(serverId)
  }

  function lookAtAll(): Promise<void> {
    lookingAtAll ??= lookInTurn().finally(() => {
      lookingAtAll = null
    })
    return lookingAtAll
  }

  async function lookInTurn(): Promise<void> {
    const engine = binding.usable()?.engine
    if (!engine) return
    // Many servers share few images.
    const images = new Map<string, Promise<boolean>>()
    const hasImage: Engine['hasImage'] = (reference) => {
      const asked = images.get(reference) ?? engine.hasImage(reference)
      images.set(reference, asked)
      return asked
    }
    for (const { id } of listServers(database)) if (!over) await looks.look(id, { hasImage })
  }

  /** In look-only mode nothing that is open goes on, so nothing that is open has the word. */
  function isHeld(serverId: string): boolean {
    if (launcher.isBusy(serverId) || held.has(serverId)) return true
    if (isLookOnly(database)) return false
    return tasks.current(serverId) !== null || findLastRun(database, serverId)?.endedAt === null
  }

  async function look(serverId: string, { hasImage }: LookShare): Promise<void> {
    const engine = binding.usable()?.engine
    const before = findServer(database, serverId)
    if (!engine || !before) return
    if (isHeld(serverId)) {
      settler.leave(serverId)
      // What a launch is about to mend is not offered to be mended.
      if (launcher.isBusy(serverId) && views.setDrift(serverId, [])) views.publish(serverId)
      return
    }
    const sight = await seeServer(engine, before, installationId, hasImage)
    const server = findServer(database, serverId)
    // Things may have moved on while the engine answered.
    if (over || !server || isHeld(serverId) || server.containerId !== before.containerId) return
    // Its end is told in a moment, and then it is gone.
    if (sight.container?.status === 'removing') return
    if (!(await settler.settle(engine, server, sight.container))) return
    const settled = findServer(database, serverId)
    if (!settled) return
    const drift = sight.drift(settled)
    settler.recognise(settled, sight.container, drift)
    if (views.setDrift(serverId, drift)) views.publish(serverId)
  }

  return {
    lookAtAll,
    look: (serverId) => looks.look(serverId),
    isHeld,
    hold(serverId) {
      held.add(serverId)
      settler.leave(serverId)
      return () => {
        held.delete(serverId)
        void looks.look(serverId)
      }
    },
    stop() {
      over = true
      looks.stop()
      settler.stop()
      for (const stop of stops) stop()
    },
  }
}
