import { Readable } from 'node:stream'
import { EngineError } from './types.ts'

/** A tar archive ends with two blocks of zeros (POSIX.1-1988). */
const endMarkBytes = 1024

/**
 * Hands an archive on as it comes from the engine, and fails where it would hang or be cut off. An engine that
 * fails in the middle ends its answer as if nothing had happened; the missing end mark tells.
 *
 * @param idleMs milliseconds that it may wait for the engine; a slow reader is never hurried
 * @returns fails with EngineError, after an abort with the signal's reason
 */
export function watchedArchive(source: Readable, idleMs: number, signal: AbortSignal): Readable {
  let timer: NodeJS.Timeout | undefined
  let tail: Buffer = Buffer.alloc(0)
  const late = () =>
    archive.destroy(new EngineError('timeout', `read archive: nothing came for ${idleMs / 1000} s`))
  const wait = () => {
    clearTimeout(timer)
    timer = setTimeout(late, idleMs)
  }
  const lost = (cause?: unknown) =>
    archive.destroy(
      new EngineError('unreachable', 'the connection was lost in the middle of an archive', undefined, {
        cause,
      }),
    )
  const cancel = () => archive.destroy(reasonOf(signal))
  const archive = new Readable({
    read() {
      wait()
      source.resume()
    },
    destroy(error, done) {
      clearTimeout(timer)
      signal.removeEventListener('abort', cancel)
      source.destroy()
      done(error)
    },
  })
  source.on('data', (chunk: Buffer) => {
    tail =
      chunk.length < endMarkBytes
        ? Buffer.concat([tail, chunk]).subarray(-endMarkBytes)
        : chunk.subarray(-endMarkBytes)
    clearTimeout(timer)
    if (!archive.push(chunk)) source.pause()
  })
  source.on('end', () => {
    clearTimeout(timer)
    if (tail.length === endMarkBytes && tail.every((byte) => byte === 0)) archive.push(null)
    else
      archive.destroy(
        new EngineError('rejected', 'the archive is cut off: the engine could not read it to its end'),
      )
  })
  source.on('error', lost)
  source.on('close', () => {
    if (!source.readableEnded) lost()
  })
  source.pause()
  if (signal.aborted) cancel()
  else signal.addEventListener('abort', cancel, { once: true })
  return archive
}

function reasonOf(signal: AbortSignal): Error {
  return signal.reason instanceof Error
    ? signal.reason
    : new EngineError('timeout', 'read archive: cancelled')
}
