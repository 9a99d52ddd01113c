import type { EngineClient } from './client.ts'
import { noEngineAnswer } from './errors.ts'
import { minorOf } from './info.ts'
import { callLimit, limited } from './limit.ts'
import { EngineError, type VolumeSummary } from './types.ts'

/** The parts of GET /system/df that LightNode reads. */
interface RawUsage {
  Volumes?: { Name: string; UsageData?: { Size?: number } | null }[] | null
}

export async function createVolume(
  client: EngineClient,
  name: string,
  labels: Record<string, string>,
): Promise<void> {
  const request = { method: 'POST', path: '/volumes/create', body: { Name: name, Labels: labels } } as const
  const made = await limited('create volume', callLimit, (signal) =>
    client.json<{ Name?: string } | null>(request, signal),
  )
  if (made?.Name !== name) throw noEngineAnswer()
}

/** The parts of GET /volumes that LightNode reads. */
interface RawVolumes {
  Volumes: { Name: string; Labels: Record<string, string> | null; CreatedAt?: string }[] | null
}

export async function listVolumes(client: EngineClient): Promise<VolumeSummary[]> {
  const raw = await limited('list volumes', callLimit, (signal) =>
    client.json<RawVolumes>({ method: 'GET', path: '/volumes' }, signal),
  )
  if (typeof raw?.Volumes !== 'object') throw noEngineAnswer()
  return (raw.Volumes ?? []).map(({ Name, Labels, CreatedAt }) => {
    const createdAt = Date.parse(CreatedAt ?? '')
    return { name: Name, labels: Labels ?? {}, createdAt: Number.isNaN(createdAt) ? null : createdAt }
  })
}

export async function hasVolume(client: EngineClient, name: string): Promise<boolean> {
  const request = { method: 'GET', path: `/volumes/${encodeURIComponent(name)}` } as const
  const found = await limited('inspect volume', callLimit, (signal) =>
    client.json<{ Name?: string } | null>(request, signal),
  ).catch(absent)
  if (found === 'absent') return false
  if (found?.Name !== name) throw noEngineAnswer()
  return true
}

/** @param labels what the volume must carry: another one is never removed */
export async function removeVolume(
  client: EngineClient,
  name: string,
  labels: Record<string, string>,
): Promise<void> {
  const path = `/volumes/${encodeURIComponent(name)}`
  const volume = await limited('inspect volume', callLimit, (signal) =>
    client.json<{ Labels?: Record<string, string> | null } | null>({ method: 'GET', path }, signal),
  ).catch(absent)
  if (volume === 'absent') return
  const foreign = Object.entries(labels).find(([label, value]) => volume?.Labels?.[label] !== value)
  if (foreign)
    throw new EngineError('rejected', `the volume ${name} is not LightNode's: it lacks ${foreign[0]}`)
  await limited('remove volume', callLimit, (signal) =>
    client.done({ method: 'DELETE', path }, signal),
  ).catch(absent)
}

function absent(error: unknown): 'absent' {
  if (error instanceof EngineError && error.kind === 'not-found') return 'absent'
  throw error
}

/**
 * Asks how many bytes a volume takes. The engine counts all volumes' files for one answer, and refuses to
 * count twice at a time: whoever asks meanwhile shares the count.
 */
export function createVolumeUsage(
  client: EngineClient,
  apiVersion: string,
): (name: string) => Promise<number | null> {
  let counting: Promise<RawUsage | null> | null = null

  const count = () =>
    limited('count volumes', callLimit, (signal) =>
      // From 1.42 on one kind alone can be asked for; before that images are counted, too.
      minorOf(apiVersion) >= 42
        ? client.json<RawUsage>({ method: 'GET', path: '/system/df', query: { type: 'volume' } }, signal)
        : client.json<RawUsage>({ method: 'GET', path: '/system/df' }, signal),
    ).catch((error: unknown) => {
      if (error instanceof EngineError && ['timeout', 'rejected'].includes(error.kind)) return null
      throw error
    })

  return async (name) => {
    counting ??= count().finally(() => {
      counting = null
    })
    const usage = await counting
    const size = usage?.Volumes?.find((volume) => volume.Name === name)?.UsageData?.Size
    return size === undefined || size < 0 ? null : size
  }
}
