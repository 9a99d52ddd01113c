import type { EngineClient } from './client.ts'
import { containerPath } from './containers.ts'
import { noEngineAnswer } from './errors.ts'
import { callLimit, limited } from './limit.ts'
import { bindingsOf, type RawBindings } from './port-bindings.ts'
import { type ContainerState, EngineError, type Mount } from './types.ts'

/** The parts of GET /containers/{id}/json that LightNode reads. */
export interface RawContainer {
  Id: string
  Name: string
  State: { Status: string; ExitCode: number; OOMKilled: boolean; Error?: string }
  Config: { Image: string; Labels: Record<string, string> | null; Env: string[] | null }
  HostConfig: {
    PortBindings: RawBindings | null
    RestartPolicy?: { Name: string }
    Memory: number
    AutoRemove?: boolean
    NetworkMode?: string
  }
  Mounts?: { Type: string; Name?: string; Source: string; Destination: string }[] | null
}

/** @returns null when there is none by that id or name */
export async function inspectContainer(
  client: EngineClient,
  idOrName: string,
): Promise<ContainerState | null> {
  const raw = await inspectRaw(client, idOrName)
  return raw === null ? null : readState(raw)
}

/** @param ms the limit in milliseconds */
export async function inspectRaw(
  client: EngineClient,
  idOrName: string,
  ms = callLimit,
): Promise<RawContainer | null> {
  const request = { method: 'GET', path: `${containerPath(idOrName)}/json` } as const
  return limited('inspect container', ms, async (signal) => {
    const raw = await client.json<RawContainer>(request, signal)
    if (!raw?.HostConfig) throw noEngineAnswer()
    return raw
  }).catch((error: unknown) => {
    if (error instanceof EngineError && error.kind === 'not-found') return null
    throw error
  })
}

function readState({ Id, Name, State, Config, HostConfig, Mounts }: RawContainer): ContainerState {
  return {
    id: Id,
    name: Name.replace(/^\//, ''),
    status: statusOf(State.Status),
    exitCode: State.ExitCode,
    outOfMemory: State.OOMKilled,
    error: State.Error ?? '',
    restartPolicy: HostConfig.RestartPolicy?.Name || 'no',
    labels: Config.Labels ?? {},
    ports: bindingsOf(HostConfig.PortBindings),
    env: Object.fromEntries((Config.Env ?? []).map(splitVariable)),
    image: Config.Image,
    memoryBytes: HostConfig.Memory,
    mounts: (Mounts ?? []).flatMap(mountOf),
    autoRemove: HostConfig.AutoRemove ?? false,
    hostNetwork: HostConfig.NetworkMode === 'host',
  }
}

/** A temporary file system and the like hold no world: left out. */
function mountOf({ Type, Name, Source, Destination }: NonNullable<RawContainer['Mounts']>[number]): Mount[] {
  if (Type === 'volume') return [{ type: 'volume', source: Name ?? Source, target: Destination }]
  return Type === 'bind' ? [{ type: 'bind', source: Source, target: Destination }] : []
}

/** Podman has words of its own before the first start and after the end. */
function statusOf(status: string): ContainerState['status'] {
  const known = ['created', 'running', 'paused', 'restarting', 'removing', 'exited', 'dead'] as const
  const same = known.find((word) => word === status)
  return same ?? (status === 'configured' || status === 'initialized' ? 'created' : 'exited')
}

function splitVariable(variable: string): [string, string] {
  const at = variable.indexOf('=')
  return at < 0 ? [variable, ''] : [variable.slice(0, at), variable.slice(at + 1)]
}
