import { findContainerRecord } from '../database/leftovers.ts'
import type { Database } from '../database/open.ts'
import type { ContainerSummary, EngineEvent, EngineWatch } from '../engine/types.ts'
import type { EventHub } from '../observe/events.ts'
import { HELPER_LABEL, isOurs, serverOf } from './labels.ts'

/** What happens at once is told once, milliseconds. */
const GATHER_MS = 300

export interface FoundNewsDeps {
  database: Database
  installationId: string
  watch: EngineWatch
  events: EventHub
}

/** Tells when containers that no server of ours stands for come, go or change. */
export interface FoundNews {
  /** The whole list, in case an event was lost. */
  seen(containers: readonly ContainerSummary[]): void
  stop(): void
}

export function createFoundNews({ database, installationId, watch, events }: FoundNewsDeps): FoundNews {
  let last: string | null = null
  let timer: NodeJS.Timeout | undefined

  const stopListening = watch.onEvent(({ action, labels }: EngineEvent) => {
    if (action !== 'other' && isStranger(labels)) tell()
  })

  function isStranger(labels: Record<string, string>): boolean {
    if (isOurs(labels, installationId) && labels[HELPER_LABEL] !== undefined) return false
    const serverId = serverOf(labels, installationId)
    return serverId === null || findContainerRecord(database, serverId) === null
  }

  function tell(): void {
    timer ??= setTimeout(() => {
      timer = undefined
      events.publish({ type: 'found' })
    }, GATHER_MS)
  }

  return {
    seen(containers) {
      const strangers = containers.filter(({ labels }) => isStranger(labels))
      const now = strangers.map(({ id, name, running }) => `${id} ${name} ${running}`).sort()
      const print = now.join('\n')
      if (last !== null && print !== last) tell()
      last = print
    },
    stop() {
      stopListening()
      clearTimeout(timer)
    },
  }
}
