import type { EngineClient } from './client.ts'
import { isAlreadySo, noEngineAnswer } from './errors.ts'
import { callLimit, limited, slowCallLimit } from './limit.ts'
import { portKey, rawBindings } from './port-bindings.ts'
import { type ContainerSpec, EngineError } from './types.ts'

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
  return {
    Image: spec.image,
    Env: Object.entries(spec.env).map(([name, value]) => `${name}=${value}`),
    Labels: spec.labels,
    ExposedPorts: Object.fromEntries(spec.ports.map((port) => [portKey(port), {}])),
    StopTimeout: spec.stopTimeoutSeconds,
    HostConfig: {
      PortBindings: rawBindings(spec.ports),
      // Asked for this way, the engine refuses a folder that is missing instead of making it.
      Mounts: [{ Type: spec.mount.type, Source: spec.mount.source, Target: spec.mount.target }],
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
      client.done({ method: 'POST', path: `${containerPath(id)}/${what}` }, signal).catch(unlessAlreadySo),
    )
  await post('start').catch((error: unknown) => {
    if (error instanceof EngineError && /paused container|container is paused/i.test(error.message))
      return post('unpause')
    throw error
  })
}

/** Seconds from which on a stop's timeout means: the engine never kills it. */
const neverKills = 86_400

/**
 * Stops it; one that is stopped already is left alone.
 *
 * @param seconds after which the engine kills it; from a day on never
 * @param options.signal ends the waiting alone; `options.podman` says who answers
 */
export async function stopContainer(
  client: EngineClient,
  id: string,
  seconds: number,
  options: { signal: AbortSignal | undefined; podman: boolean },
): Promise<void> {
  const atMost = Math.min(seconds, neverKills)
  // Without a timeout (-1) also an engine that kills at once when the request is given up (github.com/moby/moby
  // issue 45731: 23.0.0 to 24.0.2) leaves the game its time. Podman would take -1 for none at all.
  const t = atMost === neverKills && !options.podman ? -1 : atMost
  const request = { method: 'POST', path: `${containerPath(id)}/stop`, query: { t } } as const
  const stop = (late: AbortSignal) => client.done(request, late).catch(unlessAlreadySo)
  await limited('stop container', atMost * 1000 + callLimit, stop, options.signal)
}

/** Ends it at once, without a word to the game; one that is stopped already is left alone. */
export async function killContainer(client: EngineClient, id: string): Promise<void> {
  const request = { method: 'POST', path: `${containerPath(id)}/kill`, query: { signal: 'SIGKILL' } } as const
  await limited('kill container', slowCallLimit, (signal) => client.done(request, signal)).catch(
    unlessSaid(/container \S+ is not running/i),
  )
}

/** @throws EngineError `name-taken` */
export async function renameContainer(client: EngineClient, id: string, name: string): Promise<void> {
  const request = { method: 'POST', path: `${containerPath(id)}/rename`, query: { name } } as const
  await limited('rename container', callLimit, (signal) => client.done(request, signal)).catch(
    unlessSaid(/same name as its current name/i),
  )
}

/** Removes a stopped container, none of its volumes; one that is gone, or going, is as good as removed. */
export async function removeContainer(client: EngineClient, id: string): Promise<void> {
  const request = { method: 'DELETE', path: containerPath(id), query: { v: false, force: false } } as const
  await limited('remove container', slowCallLimit, (signal) => client.done(request, signal)).catch(
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

function unlessAlreadySo(error: unknown): void {
  if (!isAlreadySo(error)) throw error
}

/** For a refusal that says: what was asked for is already so. */
function unlessSaid(words: RegExp): (error: unknown) => void {
  return (error) => {
    if (!(error instanceof EngineError && words.test(error.message))) throw error
  }
}
