import type { EngineClient } from './client.ts'
import { isAlreadySo, noEngineAnswer } from './errors.ts'
import { callLimit, limited, slowCallLimit } from './limit.ts'
import { bindingsOf, type RawBindings } from './port-bindings.ts'
import { type ContainerSpec, type ContainerState, EngineError } from './types.ts'

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
  }
}

export const containerPath = (id: string) => `/containers/${encodeURIComponent(id)}`

/** Creates a container, stopped. Every setting of the specification, and the fixed ones below, go in here. */
export async function createContainer(
  client: EngineClient,
  spec: ContainerSpec,
): Promise<{ id: string; warnings: string[] }> {
  const request = {
    method: 'POST',
    path: '/containers/create',
    query: { name: spec.name },
    body: creationBody(spec),
  } as const
  const made = await limited('create container', slowCallLimit, (signal) =>
    client.json<{ Id: string; Warnings?: string[] | null }>(request, signal),
  )
  if (typeof made?.Id !== 'string') throw noEngineAnswer()
  return { id: made.Id, warnings: made.Warnings ?? [] }
}

/** The body of POST /containers/create (docs.docker.com/reference/api/engine). */
function creationBody(spec: ContainerSpec): object {
  const key = (port: { containerPort: number; protocol: string }) => `${port.containerPort}/${port.protocol}`
  const bindings: RawBindings = {}
  for (const port of spec.ports) {
    bindings[key(port)] ??= []
    bindings[key(port)]?.push({ HostIp: port.hostIp, HostPort: String(port.hostPort) })
  }
  return {
    Image: spec.image,
    Env: Object.entries(spec.env).map(([name, value]) => `${name}=${value}`),
    Labels: spec.labels,
    ExposedPorts: Object.fromEntries(spec.ports.map((port) => [key(port), {}])),
    StopTimeout: spec.stopTimeoutSeconds,
    HostConfig: {
      PortBindings: bindings,
      Mounts: [{ Type: 'volume', Source: spec.volume.name, Target: spec.volume.target }],
      Memory: spec.memoryBytes,
      // Memory and swap together: the same figure means no swap.
      MemorySwap: spec.memoryBytes,
      PidsLimit: spec.pidsLimit,
      SecurityOpt: ['no-new-privileges'],
      CapDrop: ['ALL'],
      CapAdd: spec.capabilities,
      RestartPolicy: { Name: 'no' },
      LogConfig: { Type: 'json-file', Config: { 'max-size': '10m', 'max-file': '3' } },
    },
  }
}

/** Starts it; one that runs already is left alone, one that is paused goes on. */
export async function startContainer(client: EngineClient, id: string): Promise<void> {
  const post = (what: 'start' | 'unpause') =>
    limited(`${what} container`, slowCallLimit, (signal) =>
      client.json({ method: 'POST', path: `${containerPath(id)}/${what}` }, signal).catch(unlessAlreadySo),
    )
  await post('start').catch((error: unknown) => {
    if (error instanceof EngineError && /paused container|container is paused/i.test(error.message))
      return post('unpause')
    throw error
  })
}

/** Stops it; one that is stopped already is left alone. */
export async function stopContainer(client: EngineClient, id: string, seconds: number): Promise<void> {
  const request = { method: 'POST', path: `${containerPath(id)}/stop`, query: { t: seconds } } as const
  await limited('stop container', seconds * 1000 + callLimit, (signal) =>
    client.json(request, signal).catch(unlessAlreadySo),
  )
}

/** Removes a stopped container, none of its volumes; one that is gone, or going, is as good as removed. */
export async function removeContainer(client: EngineClient, id: string): Promise<void> {
  const request = { method: 'DELETE', path: containerPath(id), query: { v: false, force: false } } as const
  await limited('remove container', slowCallLimit, (signal) => client.json(request, signal)).catch(
    (error: unknown) => {
      const gone = error instanceof EngineError && error.kind === 'not-found'
      const going =
        error instanceof EngineError && /removal of container .* already in progress/i.test(error.message)
      if (!gone && !going) throw error
    },
  )
}

export async function setRestartPolicy(
  client: EngineClient,
  id: string,
  policy: 'no' | 'unless-stopped',
): Promise<void> {
  const request = {
    method: 'POST',
    path: `${containerPath(id)}/update`,
    body: { RestartPolicy: { Name: policy } },
  } as const
  await limited('update container', callLimit, (signal) => client.json(request, signal))
}

/** @returns null when there is none by that id or name */
export async function inspectContainer(
  client: EngineClient,
  idOrName: string,
): Promise<ContainerState | null> {
  const raw = await inspectRaw(client, idOrName)
  return raw === null ? null : readState(raw)
}

export async function inspectRaw(client: EngineClient, idOrName: string): Promise<RawContainer | null> {
  const request = { method: 'GET', path: `${containerPath(idOrName)}/json` } as const
  return limited('inspect container', callLimit, async (signal) => {
    const raw = await client.json<RawContainer>(request, signal)
    if (!raw?.HostConfig) throw noEngineAnswer()
    return raw
  }).catch((error: unknown) => {
    if (error instanceof EngineError && error.kind === 'not-found') return null
    throw error
  })
}

function readState({ Id, Name, State, Config, HostConfig }: RawContainer): ContainerState {
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
  }
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

function unlessAlreadySo(error: unknown): void {
  if (!isAlreadySo(error)) throw error
}
