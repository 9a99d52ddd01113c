import { z } from 'zod'
import { type ServerType, versionPattern } from '../../shared/fields.ts'

/** Mojang's list of versions, the one that the game's own launcher reads. */
const manifestUrl = 'https://piston-meta.mojang.com/mc/game/version_manifest_v2.json'

/** The other types follow Mojang's releases later or not at all: what is newest for them, only they know. */
const mojangTypes: readonly ServerType[] = ['VANILLA', 'FABRIC']

const versionSchema = z.string().regex(versionPattern)
const manifestSchema = z.object({ latest: z.object({ release: versionSchema, snapshot: versionSchema }) })

/**
 * What LATEST or SNAPSHOT means today, so that a restart never upgrades a world.
 * @param timeoutMs for the whole look-up
 * @returns a version as the image's VERSION takes it, a version that was given as it is; null when that can't
 * be known here (another type, no network, a strange answer): then the running game's ping tells
 */
export async function resolveVersion(options: {
  type: ServerType
  version: string
  fetch: typeof globalThis.fetch
  timeoutMs?: number
}): Promise<string | null> {
  const { type, version, timeoutMs = 3000 } = options
  if (version !== 'LATEST' && version !== 'SNAPSHOT') return version
  if (!mojangTypes.includes(type)) return null
  const manifest = manifestSchema.safeParse(await download(options.fetch, timeoutMs))
  if (!manifest.success) return null
  const { release, snapshot } = manifest.data.latest
  return version === 'LATEST' ? release : snapshot
}

async function download(fetch: typeof globalThis.fetch, timeoutMs: number): Promise<unknown> {
  const giveUp = new AbortController()
  let timer: NodeJS.Timeout | undefined
  const limit = new Promise<null>((resolve) => {
    timer = setTimeout(() => {
      giveUp.abort()
      resolve(null)
    }, timeoutMs)
  })
  const answer = fetch(manifestUrl, { signal: giveUp.signal, credentials: 'omit' })
    .then((response) => (response.ok ? response.json() : null))
    .catch(() => null)
  try {
    return await Promise.race([answer, limit])
  } finally {
    clearTimeout(timer)
  }
}
