import { posix } from 'node:path'
import { PassThrough, type Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { extract, pack } from 'tar-stream'
import { EngineError, type Mount } from '../../../src/main/engine/types.ts'

/** No volume of this engine has times: a copy has the same. */
const longAgo = new Date(0)

/** Files of a volume by their path in it: `world/level.dat`. */
export type Files = Map<string, Buffer>

/** A folder or file of the mount as the engine packs it: named after the last part of the path. */
export function packed(files: Files, mount: Mount, path: string, signal: AbortSignal): Readable {
  const inside = insideOf(mount, path)
  const top = posix.basename(posix.normalize(path))
  const archive = pack()
  const single = files.get(inside)
  if (single !== undefined) archive.entry({ name: top }, single)
  else {
    const below = [...files].filter(([name]) => inside === '' || name.startsWith(`${inside}/`))
    if (inside !== '' && below.length === 0)
      throw new EngineError('not-found', `Could not find the file ${path}`)
    const folders = new Set<string>([`${top}/`])
    for (const [name] of below) {
      const parts = `${top}/${posix.relative(inside, name)}`.split('/').slice(0, -1)
      for (const [at] of parts.entries()) folders.add(`${parts.slice(0, at + 1).join('/')}/`)
    }
    for (const name of [...folders].sort())
      archive.entry({ name, type: 'directory', mode: 0o755, mtime: longAgo })
    for (const [name, content] of below)
      archive.entry(
        { name: `${top}/${posix.relative(inside, name)}`, uid: 1000, gid: 1000, mtime: longAgo },
        content,
      )
  }
  archive.finalize()
  const sent = new PassThrough()
  onAbort(signal, (reason) => sent.destroy(reason))
  // A pack without listener would end the process with its reader.
  archive.on('error', () => {})
  sent.on('close', () => archive.destroy())
  archive.pipe(sent)
  return sent
}

/** One file that lies in no mount. */
export function packedFile(path: string, content: string, signal: AbortSignal): Readable {
  const files = new Map([[posix.basename(path), Buffer.from(content)]])
  return packed(files, { type: 'volume', source: '', target: posix.dirname(path) }, path, signal)
}

/** What is unpacked outside the mount is forgotten. */
export async function unpack(
  files: Files,
  mount: Mount,
  path: string,
  archive: Readable,
  signal: AbortSignal,
): Promise<void> {
  const entries = extract()
  archive.on('error', (error) => entries.destroy(error))
  archive.on('close', () => {
    if (!archive.readableEnded) entries.destroy(new Error('the archive ended early'))
  })
  onAbort(signal, (reason) => {
    entries.destroy(reason)
    archive.destroy()
  })
  archive.pipe(entries)
  for await (const entry of entries) {
    const content = await buffer(entry)
    const full = posix.join(path, entry.header.name)
    if (entry.header.type === 'file' && full.startsWith(`${mount.target}/`))
      files.set(posix.relative(mount.target, full), content)
  }
}

/** Calls once with the reason of an abort; for streams, which end by themselves. */
function onAbort(signal: AbortSignal, end: (reason: Error) => void): void {
  if (signal.aborted) end(signal.reason as Error)
  else signal.addEventListener('abort', () => end(signal.reason as Error), { once: true })
}

function insideOf(mount: Mount, path: string): string {
  const inside = posix.relative(mount.target, posix.normalize(path))
  if (inside.startsWith('..')) throw new EngineError('not-found', `Could not find the file ${path}`)
  return inside
}
