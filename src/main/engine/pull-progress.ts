import type { Progress } from '../../shared/model.ts'

/** One line of the stream that POST /images/create answers with. */
export interface PullLine {
  id?: string
  status?: string
  progressDetail?: { current?: number; total?: number; units?: string }
  error?: string
  errorDetail?: { message?: string }
}

type Layer = Progress['layers'][number]

/**
 * Folds a pull's lines into bytes downloaded, per layer and in all. A layer's figure never falls: while it is
 * being extracted it stays at its size, and its status says what goes on.
 */
export function createPullProgress(): {
  /** @returns the registry's words when the line says that the pull has failed */
  take(line: PullLine): string | null
  current(): Progress
} {
  const layers = new Map<string, Layer>()

  const take = (line: PullLine): string | null => {
    if (typeof line !== 'object' || line === null) return null
    const failure = line.errorDetail?.message ?? line.error
    if (failure !== undefined) return failure
    const { id, status } = line
    // "Pulling from library/redis" carries the tag in the place of a layer's id.
    if (!id || !status || status.startsWith('Pulling from')) return null
    layers.set(
      id,
      advance(layers.get(id) ?? { id, status, current: 0, total: 0 }, status, line.progressDetail),
    )
    return null
  }

  const current = (): Progress => {
    const all = [...layers.values()].map((layer) => ({ ...layer }))
    const sum = (pick: (layer: Layer) => number) => all.reduce((total, layer) => total + pick(layer), 0)
    return { current: sum((layer) => layer.current), total: sum((layer) => layer.total), layers: all }
  }

  return { take, current }
}

function advance(layer: Layer, status: string, detail: PullLine['progressDetail']): Layer {
  // A detail in other units than bytes (seconds of extracting, on the containerd image store) says nothing here.
  const bytes = detail?.units === undefined ? detail : undefined
  const total = Math.max(layer.total, bytes?.total ?? 0)
  if (status === 'Downloading') {
    const current = Math.max(layer.current, bytes?.current ?? 0)
    return { ...layer, status, current, total: Math.max(total, current) }
  }
  const downloaded = /^(Verifying Checksum|Download complete|Extracting|Pull complete|Already exists)$/.test(
    status,
  )
  return { ...layer, status, total, current: downloaded ? total : layer.current }
}
