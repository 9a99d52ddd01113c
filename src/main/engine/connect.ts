import { openClient } from './client.ts'
import { createDockerEngine } from './docker-engine.ts'
import { findEndpoints, isRemote } from './endpoints.ts'
import { outcomeOf, toEngineError } from './errors.ts'
import type { FindOptions, FoundEndpoint } from './found-endpoint.ts'
import { chooseApiVersion, isPodman, type RawInfo, type RawVersion, readInfo } from './info.ts'
import { limited } from './limit.ts'
import { type Discovery, type EndpointTry, type Engine, EngineError, type EngineInfo } from './types.ts'

const pingLimit = 2_000
const infoLimit = 5_000

/** An engine that answered. */
export interface Connection {
  engine: Engine
  info: EngineInfo
}

export type Connect = (found: FoundEndpoint, signal?: AbortSignal) => Promise<Connection>

/**
 * Searches for an engine: `findEndpoints`, then `connectEngine`. Never rejects.
 *
 * @param options the surroundings, and a signal that ends the search early
 */
export async function discoverEngine(options: FindOptions & { signal?: AbortSignal }): Promise<Discovery> {
  return connectEngine(await findEndpoints(options), { ...(options.signal && { signal: options.signal }) })
}

/**
 * Tries the candidates in turn and takes the first that answers.
 *
 * One that the user named ends the search, whatever comes of it; one on another machine isn't asked at all.
 * When none answers, but one refused this user, the outcome is `denied` by that one. Never rejects.
 */
export async function connectEngine(
  candidates: readonly FoundEndpoint[],
  options: { connect?: Connect; signal?: AbortSignal } = {},
): Promise<Discovery> {
  const tried: EndpointTry[] = []
  let denied: FoundEndpoint | null = null
  let named: FoundEndpoint | null = null

  for (const candidate of candidates) {
    const { source, endpoint, explicit } = candidate
    const note = (outcome: string) => tried.push({ source, endpoint, outcome })
    named = explicit ? candidate : null
    if (isRemote(endpoint)) {
      note('on another machine')
      if (explicit) return { state: 'remote', source, endpoint, tried }
      continue
    }
    try {
      if (candidate.fault !== undefined) throw new EngineError('unreachable', candidate.fault)
      const { engine, info } = await (options.connect ?? connectTo)(candidate, options.signal)
      note('answers')
      return { state: 'available', engine, info, source, tried }
    } catch (error) {
      note(outcomeOf(error))
      if (toEngineError(error).kind === 'denied') denied ??= candidate
    }
    if (explicit) break
  }
  const culprit = denied ?? named
  return {
    state: denied === null ? 'missing' : 'denied',
    source: culprit?.source ?? null,
    endpoint: culprit?.endpoint ?? null,
    tried,
  }
}

/**
 * Connects to one endpoint: a ping within 2 s, then what it says of itself within 5 s.
 *
 * @throws EngineError
 */
export async function connectTo(found: FoundEndpoint, signal?: AbortSignal): Promise<Connection> {
  const first = await openClient(found)
  await limited('ping', pingLimit, (late) => first.json({ method: 'GET', path: '/_ping' }, late), signal)
  const version = await limited(
    'version',
    infoLimit,
    (late) => first.json<RawVersion>({ method: 'GET', path: '/version' }, late),
    signal,
  )
  const apiVersion = chooseApiVersion(version)
  const client = await openClient(found, apiVersion)
  const raw = await limited(
    'info',
    infoLimit,
    (late) => client.json<RawInfo>({ method: 'GET', path: '/info' }, late),
    signal,
  )
  if (raw.OSType === 'windows') throw new EngineError('rejected', 'answers, but runs Windows containers')
  const podman = isPodman(version)
  const engine = createDockerEngine({
    client,
    endpoint: found.endpoint,
    apiVersion: apiVersion ?? '1.41',
    podman,
  })
  return { engine, info: readInfo(raw, found.endpoint, podman) }
}
