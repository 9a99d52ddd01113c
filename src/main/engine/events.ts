import type { EngineClient } from './client.ts'
import { toEngineError } from './errors.ts'
import { jsonLines } from './json-lines.ts'
import { callLimit, limited } from './limit.ts'
import { EngineError, type EngineEvent } from './types.ts'

/**
 * The engine's container events as they happen. The request goes out at once, not with the first read.
 *
 * @returns events until the signal says so; rejects with `unreachable` when the connection is lost
 */
export function containerEvents(client: EngineClient, signal: AbortSignal): AsyncGenerator<EngineEvent> {
  const controller = new AbortController()
  const end = () => controller.abort()
  if (signal.aborted) end()
  signal.addEventListener('abort', end, { once: true })
  const query = { filters: { type: ['container'] } }
  const opening = limited('open the event stream', callLimit, (late) => {
    late.addEventListener('abort', end, { once: true })
    return client.stream({ method: 'GET', path: '/events', query }, controller.signal)
  })
  // It may fail before anyone reads; whoever reads is told.
  opening.catch(() => {})
  return read()

  async function* read(): AsyncGenerator<EngineEvent> {
    try {
      for await (const line of jsonLines(await opening)) {
        const event = readEvent(line)
        if (event !== null) yield event
      }
      if (!signal.aborted) throw new EngineError('unreachable', 'the event stream ended')
    } catch (error) {
      if (!signal.aborted) throw toEngineError(error)
    } finally {
      signal.removeEventListener('abort', end)
      controller.abort()
    }
  }
}

const actions: Record<string, EngineEvent['action']> = {
  create: 'create',
  start: 'start',
  die: 'die',
  oom: 'oom',
  destroy: 'destroy',
  pause: 'change',
  unpause: 'change',
  rename: 'change',
  // Podman's words.
  died: 'die',
  remove: 'destroy',
}

/** Attributes that the engine adds to the container's labels. */
const notLabels = new Set([
  'image',
  'name',
  'oldName',
  'exitCode',
  'containerExitCode',
  'signal',
  'execDuration',
  'execID',
])

/** @returns null for a line that is no event of a container */
export function readEvent(line: unknown): EngineEvent | null {
  const { Type, Action, Actor, time, timeNano } = fieldsOf(line)
  const { ID, Attributes } = fieldsOf(Actor)
  if (Type !== 'container' || typeof Action !== 'string' || typeof ID !== 'string') return null
  const attributes = Object.entries(fieldsOf(Attributes)).map(([key, value]) => [key, String(value)] as const)
  const exitCode = attributes.find(([key]) => key === 'exitCode' || key === 'containerExitCode')?.[1]
  return {
    action: actions[Action] ?? 'other',
    containerId: ID,
    labels: Object.fromEntries(attributes.filter(([key]) => !notLabels.has(key))),
    exitCode: exitCode !== undefined && /^-?\d+$/.test(exitCode) ? Number(exitCode) : null,
    at: typeof timeNano === 'number' ? Math.floor(timeNano / 1e6) : Number(time ?? 0) * 1000,
  }
}

function fieldsOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
}
