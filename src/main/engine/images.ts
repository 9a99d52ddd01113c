import type { Progress } from '../../shared/model.ts'
import type { EngineClient } from './client.ts'
import { noEngineAnswer, pullError, toEngineError } from './errors.ts'
import { jsonLines } from './json-lines.ts'
import { callLimit, limited } from './limit.ts'
import { createPullProgress, type PullLine } from './pull-progress.ts'
import { throttled } from './throttle.ts'
import { EngineError } from './types.ts'

/** Milliseconds without a word from the registry after which a pull is given up. */
const stallLimit = 120_000
/** Milliseconds between two progress reports. */
const reportInterval = 200

export async function hasImage(client: EngineClient, reference: string): Promise<boolean> {
  const path = `/images/${reference.split('/').map(encodeURIComponent).join('/')}/json`
  const asked = limited('inspect image', callLimit, async (signal) => {
    const raw = await client.json<{ Id?: string } | null>({ method: 'GET', path }, signal)
    if (typeof raw?.Id !== 'string') throw noEngineAnswer()
  })
  return asked.then(
    () => true,
    (error: unknown) => {
      if (error instanceof EngineError && ['image-missing', 'not-found'].includes(error.kind)) return false
      throw error
    },
  )
}

/**
 * Pulls an image; a reference without tag means `latest`.
 *
 * @param onProgress called at most five times a second, and once more with the last state
 * @param options.signal cancels it; `options.stallMs` milliseconds without progress end it
 * @throws EngineError `pull-failed`, with the engine's or the registry's own words; `no-space`; `unreachable`
 */
export async function pullImage(
  client: EngineClient,
  reference: string,
  onProgress: (progress: Progress) => void,
  options: { signal?: AbortSignal | undefined; stallMs?: number } = {},
): Promise<void> {
  const stallMs = options.stallMs ?? stallLimit
  const controller = new AbortController()
  let reason: string | null = null
  const giveUp = (why: string) => {
    reason ??= why
    controller.abort()
  }
  const stalled = () => giveUp(`no progress for ${stallMs / 1000} s`)
  const cancel = () => giveUp('the pull was cancelled')
  let watchdog = setTimeout(stalled, stallMs)
  if (options.signal?.aborted) cancel()
  options.signal?.addEventListener('abort', cancel, { once: true })

  const progress = createPullProgress()
  const report = throttled(() => onProgress(progress.current()), reportInterval)
  try {
    const request = { method: 'POST', path: '/images/create', query: splitReference(reference) } as const
    const stream = await client.stream(request, controller.signal)
    for await (const line of jsonLines(stream)) {
      clearTimeout(watchdog)
      watchdog = setTimeout(stalled, stallMs)
      const failure = progress.take(line as PullLine)
      if (failure !== null) throw pullError(failure)
      report.call()
    }
  } catch (error) {
    throw reason === null ? toEngineError(error, 'pull') : new EngineError('pull-failed', reason)
  } finally {
    report.finish()
    clearTimeout(watchdog)
    options.signal?.removeEventListener('abort', cancel)
    controller.abort()
  }
}

/** Without a tag the engine would pull every tag there is. */
export function splitReference(reference: string): { fromImage: string; tag: string } {
  const digestAt = reference.indexOf('@')
  if (digestAt >= 0) {
    const { fromImage } = splitReference(reference.slice(0, digestAt))
    return { fromImage, tag: reference.slice(digestAt + 1) }
  }
  // A colon before the last slash belongs to the registry's port.
  const tagAt = reference.indexOf(':', reference.lastIndexOf('/') + 1)
  if (tagAt < 0) return { fromImage: reference, tag: 'latest' }
  return { fromImage: reference.slice(0, tagAt), tag: reference.slice(tagAt + 1) }
}
