import { statfs } from 'node:fs/promises'
import { type ErrorCode, errorCatalogue, LightNodeError } from '../../shared/errors.ts'
import type { EngineStatus } from '../../shared/model.ts'
import { bindEngine, findHost } from '../database/hosts.ts'
import type { Database } from '../database/open.ts'
import { listMemory } from '../database/servers.ts'
import type { Engine, EngineInfo, EngineWatch } from '../engine/types.ts'
import { type Capacity, freeMemoryGb } from '../provisioning/capacity.ts'

const GB = 1024 ** 3

type State = EngineStatus['state']

const problemCodes: Partial<Record<State, ErrorCode>> = {
  missing: 'ENGINE_UNREACHABLE',
  denied: 'ENGINE_DENIED',
  remote: 'REMOTE_ENGINE',
  mismatch: 'ENGINE_MISMATCH',
}

/**
 * The engine that a host is bound to by the id in its `/info`. When another one answers, nothing is made or
 * changed there until the user rebinds.
 */
export interface EngineBinding {
  /** @throws LightNodeError ENGINE_UNREACHABLE, ENGINE_DENIED, REMOTE_ENGINE or ENGINE_MISMATCH */
  engine(): Engine
  /** The usable engine; null while there is none. */
  usable(): { engine: Engine; info: EngineInfo } | null
  status(): Promise<EngineStatus>
  capacity(): Promise<Capacity>
  /** Binds the host to the engine that answers now. @throws LightNodeError when none answers */
  rebind(): void
  /** Called when what `usable` or `status` say may have changed. */
  onChange(listener: () => void): () => void
  /** Resolves as soon as an engine is usable; rejects when the signal says so. */
  whenUsable(signal: AbortSignal): Promise<void>
}

export function createEngineBinding(database: Database, watch: EngineWatch, hostId: string): EngineBinding {
  const listeners = new Set<() => void>()
  const tell = () => {
    for (const listener of listeners) listener()
  }
  watch.onChange(() => {
    try {
      bindFirst()
    } finally {
      tell()
    }
  })

  /** The first engine is the host's; while the host has no server, a later one may take its place. */
  function bindFirst(): void {
    const { current } = watch
    if (current.state !== 'available') return
    const host = findHost(database, hostId)
    if (!host || host.engineId === current.info.id) return
    if (host.engineId === null || listMemory(database, hostId).length === 0)
      bindEngine(database, hostId, { id: current.info.id, name: current.info.name })
  }

  function state(): State {
    const { current } = watch
    if (current.state !== 'available') return current.state
    return findHost(database, hostId)?.engineId === current.info.id ? 'available' : 'mismatch'
  }

  function usable() {
    const { current } = watch
    if (current.state !== 'available' || state() !== 'available') return null
    return { engine: current.engine, info: current.info }
  }

  function problem(): LightNodeError | null {
    const now = state()
    if (now === 'available') return null
    const code = problemCodes[now] ?? 'ENGINE_UNREACHABLE'
    if (code !== 'ENGINE_MISMATCH') return new LightNodeError(code)
    const bound = findHost(database, hostId)?.engineName ?? 'another engine'
    const answering = watch.current.state === 'available' ? watch.current.info.name : 'none'
    return new LightNodeError(
      code,
      `Your servers are on engine "${bound}", but "${answering}" answers now. Nothing is changed there.`,
    )
  }

  async function capacity(): Promise<Capacity> {
    const now = usable()
    if (!now) return { memoryBytes: null, diskFreeBytes: null }
    return { memoryBytes: now.info.memoryBytes, diskFreeBytes: await freeBytes(now.info) }
  }

  async function status(): Promise<EngineStatus> {
    const { current } = watch
    const now = state()
    const error = now === 'searching' ? null : problem()
    const info = current.state === 'available' ? current.info : null
    const { memoryBytes, diskFreeBytes } = await capacity()
    const host = findHost(database, hostId)
    const bound =
      now === 'mismatch' && host?.engineId ? { id: host.engineId, name: host.engineName ?? '' } : null
    return {
      state: now,
      endpoint: endpointOf(watch),
      source: current.state === 'searching' ? null : current.source,
      id: info?.id ?? null,
      name: info?.name ?? null,
      version: info?.version ?? null,
      operatingSystem: info?.operatingSystem ?? null,
      memoryTotal: info && info.memoryBytes / GB,
      memoryFree: memoryBytes === null ? null : freeMemoryGb(memoryBytes, listMemory(database, hostId)),
      diskFree: diskFreeBytes === null ? null : Math.floor(diskFreeBytes / GB),
      bound,
      problem: error && {
        code: error.code,
        message: error.message,
        remedy: errorCatalogue[error.code].remedy,
      },
      tried: current.state === 'searching' ? [] : current.tried,
    }
  }

  bindFirst()
  return {
    engine() {
      const now = usable()
      if (now) return now.engine
      throw problem() ?? new LightNodeError('ENGINE_UNREACHABLE')
    },
    usable,
    status,
    capacity,
    rebind() {
      const { current } = watch
      if (current.state !== 'available') throw problem() ?? new LightNodeError('ENGINE_UNREACHABLE')
      bindEngine(database, hostId, { id: current.info.id, name: current.info.name })
      tell()
    },
    onChange(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    whenUsable: (signal) =>
      new Promise((resolve, reject) => {
        signal.throwIfAborted()
        if (usable()) return resolve()
        const stop = () => {
          listeners.delete(look)
          signal.removeEventListener('abort', abort)
        }
        const look = () => {
          if (!usable()) return
          stop()
          resolve()
        }
        const abort = () => {
          stop()
          reject(signal.reason)
        }
        listeners.add(look)
        signal.addEventListener('abort', abort)
      }),
  }
}

function endpointOf(watch: EngineWatch): string | null {
  const { current } = watch
  if (current.state === 'searching') return null
  return current.state === 'available' ? current.engine.endpoint : current.endpoint
}

/** Free space where the engine keeps its volumes; null where those are not this machine's files. */
async function freeBytes(info: EngineInfo): Promise<number | null> {
  if (!info.sameMachine) return null
  try {
    const { bavail, bsize } = await statfs(info.rootDir)
    return bavail * bsize
  } catch {
    return null
  }
}
