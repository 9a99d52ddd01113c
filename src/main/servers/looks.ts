import type { Engine } from '../engine/types.ts'
import type { Logger } from '../observe/logger.ts'

/** After a look that failed, milliseconds. */
const LOOK_AGAIN_MS = 5000

/** What looks at many servers share. */
export interface LookShare {
  hasImage?: Engine['hasImage']
}

export interface LooksDeps {
  look(serverId: string, share: LookShare): Promise<void>
  logger: Logger
}

/** One look at a server at a time; what is asked for meanwhile is looked at once more. */
export interface Looks {
  /** Resolves when the server has been looked at by one that began after the call. Never rejects. */
  look(serverId: string, share?: LookShare): Promise<void>
  lookLater(serverId: string): void
  stop(): void
}

interface Looking {
  /** Something happened while the look was under way: what that one saw may be old. */
  again: boolean
  done: Promise<void>
}

export function createLooks({ look, logger }: LooksDeps): Looks {
  const looking = new Map<string, Looking>()
  const timers = new Map<string, NodeJS.Timeout>()
  let over = false

  /** What an event told of is not forgotten because the engine, or the disk, failed just then. */
  function lookLater(serverId: string): void {
    if (over) return
    clearTimeout(timers.get(serverId))
    timers.set(
      serverId,
      setTimeout(() => void lookNow(serverId), LOOK_AGAIN_MS),
    )
  }

  function lookNow(serverId: string, share: LookShare = {}): Promise<void> {
    if (over) return Promise.resolve()
    const underWay = looking.get(serverId)
    if (underWay) {
      underWay.again = true
      return underWay.done
    }
    const entry: Looking = { again: false, done: Promise.resolve() }
    looking.set(serverId, entry)
    entry.done = run(serverId, entry, share)
    return entry.done
  }

  async function run(serverId: string, entry: Looking, share: LookShare): Promise<void> {
    try {
      let shared = share
      do {
        entry.again = false
        await look(serverId, shared)
        // The second look is about what is new.
        shared = {}
      } while (entry.again && !over)
    } catch (error) {
      if (over) return
      logger.warn({ serverId, err: error }, 'a look at the server failed')
      lookLater(serverId)
    } finally {
      looking.delete(serverId)
    }
  }

  return {
    look: lookNow,
    lookLater,
    stop() {
      over = true
      for (const timer of timers.values()) clearTimeout(timer)
    },
  }
}
