import { pipeline, type Readable, Transform } from 'node:stream'
import type { EngineClient } from './client.ts'
import { containerPath } from './containers.ts'
import { toEngineError } from './errors.ts'
import { callLimit, limited } from './limit.ts'
import { movingLimit } from './moving-limit.ts'
import { EngineError } from './types.ts'
import { watchedArchive } from './watched-archive.ts'

/** Milliseconds in which no byte moves, after which it is given up; after the last one the engine still unpacks. */
const archiveLimits = { idleMs: 60_000, unpackMs: 600_000 }

/** A file or folder of a container as a tar archive; see `Engine.readArchive`. */
export async function readArchive(
  client: EngineClient,
  id: string,
  path: string,
  signal: AbortSignal,
  { idleMs } = archiveLimits,
): Promise<Readable> {
  const request = { method: 'GET', path: `${containerPath(id)}/archive`, query: { path } } as const
  const answer = await limited('read archive', idleMs, (late) => client.stream(request, late), signal).catch(
    (error: unknown) => {
      signal.throwIfAborted()
      throw error
    },
  )
  return watchedArchive(answer, idleMs, signal)
}

/**
 * Unpacks a tar archive into a folder of a container; see `Engine.writeArchive`.
 *
 * @param archive read to its end, or destroyed with the failure
 */
export async function writeArchive(
  client: EngineClient,
  id: string,
  path: string,
  archive: Readable,
  signal: AbortSignal,
  limits = archiveLimits,
): Promise<void> {
  const request = { path: `${containerPath(id)}/archive`, query: { path } } as const
  const limit = movingLimit('write archive')
  const cancel = () => limit.end(signal.reason)
  let broken: unknown
  const noteBroken = (error: unknown) => {
    broken ??= error
  }
  archive.once('error', noteBroken)
  const body = new Transform({
    transform(chunk, _, done) {
      limit.allow(limits.idleMs)
      done(null, chunk)
    },
    flush(done) {
      limit.allow(limits.unpackMs)
      done()
    },
  })
  try {
    signal.throwIfAborted()
    signal.addEventListener('abort', cancel, { once: true })
    await Promise.race([limit.over, folderExists(client, id, path)])
    limit.allow(limits.idleMs)
    pipeline(archive, body, (error) => {
      if (!error) return
      noteBroken(error)
      limit.end(error)
    })
    const answer = client.json({ method: 'PUT', ...request, archive: body }, limit.signal)
    await Promise.race([limit.over, answer])
  } catch (error) {
    signal.throwIfAborted()
    if (broken !== undefined) throw broken
    throw toEngineError(error)
  } finally {
    signal.removeEventListener('abort', cancel)
    limit.stop()
    archive.destroy()
  }
}

/** Asked first: a refusal in the middle of the upload can be lost with the connection. */
async function folderExists(client: EngineClient, id: string, path: string): Promise<void> {
  const request = { method: 'HEAD', path: `${containerPath(id)}/archive`, query: { path } } as const
  await limited('look for a folder', callLimit, async (signal) => {
    const answer = await client.stream(request, signal)
    answer.resume()
  }).catch((error: unknown) => {
    // A refusal of HEAD comes without the engine's words.
    if (!(error instanceof EngineError && error.kind === 'not-found')) throw error
    throw new EngineError('not-found', `No such container or folder: ${id}:${path}`)
  })
}
