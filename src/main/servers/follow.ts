import { setTimeout as delay } from 'node:timers/promises'
import { LightNodeError } from '../../shared/errors.ts'
import type { ServerRow } from '../database/servers.ts'
import type { ContainerState, Engine } from '../engine/types.ts'
import { verify } from '../provisioning/verify.ts'
import type { CredentialStore } from './credentials.ts'

/** Between two tries, milliseconds. */
const INTERVAL_MS = 1000
/** What was Online has this long to answer before it counts as starting again: a busy game is no fault. */
const PATIENCE_MS = 10_000

export interface FollowerDeps {
  credentials: CredentialStore
  /** Milliseconds that a game may take to answer. */
  verifyLimitMs: number
  /** What came of it; each is called for what is still followed, and never after `end`. */
  on: {
    /** It has answered for a while only: it is starting. */
    silent(serverId: string): void
    /** @param next the sealed password that a rotation brings in, when it took that one */
    online(serverId: string, next: string | null): void
    /** It does not answer in time, or has ended: look again. */
    ended(serverId: string, error: unknown): void
  }
}

export interface Followed {
  engine: Engine
  server: ServerRow
  container: ContainerState
  /** `trust`: it was Online, and has a moment to show it. `once`: one try alone. */
  manner: 'trust' | 'once' | 'start'
  /**
   * The engine has started it again by our own policy: until it is verified one that fails must not loop. Nothing
   * else about a container is changed here.
   */
  guard: boolean
}

/** Waits until games that LightNode did not start itself answer: pings and RCON logins, and nothing else. */
export interface Follower {
  /** Follows the container, unless it is followed already. */
  begin(followed: Followed): void
  end(serverId: string): void
  stop(): void
}

interface Job {
  containerId: string
  abort: AbortController
}

export function createFollower({ credentials, verifyLimitMs, on }: FollowerDeps): Follower {
  const jobs = new Map<string, Job>()

  function end(serverId: string): void {
    jobs.get(serverId)?.abort.abort(new Error('no longer followed'))
    jobs.delete(serverId)
  }

  function begin(followed: Followed): void {
    const { server, container } = followed
    if (jobs.get(server.id)?.containerId === container.id) return
    end(server.id)
    const job = { containerId: container.id, abort: new AbortController() }
    jobs.set(server.id, job)
    // A second failure in a row is the database's; the next look comes by itself.
    work(followed, job).catch(() => {})
  }

  async function work(followed: Followed, job: Job): Promise<void> {
    const { id } = followed.server
    const { signal } = job.abort
    let outcome: () => void
    try {
      const next = await follow(followed, signal)
      outcome = () => on.online(id, next ? followed.server.nextRconPassword : null)
    } catch (error) {
      outcome = () => on.ended(id, error)
    }
    if (signal.aborted) return
    jobs.delete(id)
    try {
      outcome()
    } catch (error) {
      // It could not be written down: it is looked at again.
      on.ended(id, error)
    }
  }

  /** @returns whether it took the password that a rotation brings in */
  async function follow(followed: Followed, signal: AbortSignal): Promise<boolean> {
    const { engine, server, container, manner } = followed
    if (manner === 'once') return answers(followed, 0, signal)
    if (manner === 'trust') {
      const soon = await answers(followed, PATIENCE_MS, signal).catch(unlessSilent)
      if (soon !== null) return soon
      signal.throwIfAborted()
      on.silent(server.id)
    }
    if (!followed.guard) return answers(followed, verifyLimitMs, signal)
    await engine.setRestartPolicy(container.id, 'no')
    const next = await answers(followed, verifyLimitMs, signal)
    signal.throwIfAborted()
    await engine.setRestartPolicy(container.id, 'unless-stopped')
    return next
  }

  /** @param limitMs milliseconds until NOT_READY; 0 for one try */
  async function answers(followed: Followed, limitMs: number, signal: AbortSignal): Promise<boolean> {
    const { engine, server, container } = followed
    const started = performance.now()
    for (;;) {
      const last = performance.now() - started >= limitMs
      for (const next of server.nextRconPassword === null ? [false] : [true, false]) {
        const row = next ? server : { ...server, nextRconPassword: null }
        try {
          await verify({
            ...{ engine, server: row, containerId: container.id, signal },
            password: credentials.rconPassword(row),
            // One try: the limits here are ours.
            limitMs: 0,
            now: () => performance.now(),
            onWaiting: () => {},
          })
          return next
        } catch (error) {
          if (!isSilent(error) || (last && !next)) throw error
        }
      }
      await delay(INTERVAL_MS, undefined, { signal })
    }
  }

  return {
    begin,
    end,
    stop() {
      for (const id of [...jobs.keys()]) end(id)
    },
  }
}

export function isSilent(error: unknown): boolean {
  return error instanceof LightNodeError && error.code === 'NOT_READY'
}

function unlessSilent(error: unknown): null {
  if (isSilent(error)) return null
  throw error
}
