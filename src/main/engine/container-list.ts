import PQueue from 'p-queue'
import type { EngineClient } from './client.ts'
import { inspectRaw } from './container-state.ts'
import { noEngineAnswer } from './errors.ts'
import { callLimit, limited } from './limit.ts'
import { hostPortsOf, type RawBindings, rawBindings } from './port-bindings.ts'
import { type ContainerSpec, type ContainerSummary, EngineError } from './types.ts'

/** The parts of GET /containers/json that LightNode reads. */
interface RawSummary {
  Id: string
  Names: string[] | null
  Image?: string
  State: string
  Labels: Record<string, string> | null
  Ports: { PublicPort?: number }[] | null
}

/** What never changes in a container's life. The list shows an id as image once its tag belongs to another. */
interface Inspected {
  bindings: RawBindings | null
  image: string
}

/** Milliseconds that one inspection may take: a container that someone copies files of answers after the copy. */
const inspectionLimit = 5_000

/** See `createContainerList`. */
export interface ContainerList {
  list(): Promise<ContainerSummary[]>
  /** What was just made, and with it need not be asked. */
  remember(id: string, spec: ContainerSpec): void
}

/**
 * Lists all containers with the ports they claim, stopped ones included.
 *
 * The engine's list knows the ports of running containers only; a stopped one's stand in its inspection.
 * Bindings never change in a container's life, so each container is inspected once. Of one that doesn't answer in
 * time the list's own words count until the next list.
 */
export function createContainerList(client: EngineClient): ContainerList {
  const known = new Map<string, Promise<Inspected | null>>()
  const queue = new PQueue({ concurrency: 8 })

  const inspect = (id: string) => {
    const before = known.get(id)
    if (before !== undefined) return before
    const asked = queue.add(async () => {
      const raw = await inspectRaw(client, id, inspectionLimit)
      return raw === null ? null : { bindings: raw.HostConfig.PortBindings, image: raw.Config.Image }
    })
    known.set(id, asked)
    // A failed question is asked again by the next list.
    asked.catch(() => known.delete(id))
    return asked
  }

  const list = async () => {
    const before = [...known.keys()]
    const request = { method: 'GET', path: '/containers/json', query: { all: true } } as const
    const found = await limited('list containers', callLimit, (signal) =>
      client.json<RawSummary[]>(request, signal),
    )
    if (!Array.isArray(found)) throw noEngineAnswer()
    const present = new Set(found.map(({ Id }) => Id))
    for (const id of before) if (!present.has(id)) known.delete(id)
    const summaries = await Promise.all(
      found.map(async (raw) => {
        const inspected = await inspect(raw.Id).catch(unlessLate(raw))
        // Null for one that has vanished meanwhile.
        return inspected === null ? null : summarise(raw, inspected)
      }),
    )
    return summaries.filter((summary) => summary !== null)
  }

  return {
    list,
    remember: (id, spec) =>
      known.set(id, Promise.resolve({ bindings: rawBindings(spec.ports), image: spec.image })),
  }
}

function unlessLate(raw: RawSummary): (error: unknown) => Inspected {
  return (error) => {
    if (error instanceof EngineError && error.kind === 'timeout')
      return { bindings: null, image: raw.Image ?? '' }
    throw error
  }
}

function summarise(raw: RawSummary, { bindings, image }: Inspected): ContainerSummary {
  const running = ['running', 'paused', 'restarting'].includes(raw.State)
  const published = (raw.Ports ?? []).flatMap(({ PublicPort }) => (PublicPort ? [PublicPort] : []))
  return {
    id: raw.Id,
    name: nameOf(raw),
    running,
    labels: raw.Labels ?? {},
    image,
    hostPorts: hostPortsOf(bindings, published, running),
  }
}

/** Beside its own name a container may carry those of links to it: "/other/alias". */
function nameOf({ Names, Id }: RawSummary): string {
  const names = (Names ?? []).map((name) => name.replace(/^\//, ''))
  return names.find((name) => !name.includes('/')) ?? names[0] ?? Id.slice(0, 12)
}
