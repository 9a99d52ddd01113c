import { createHash, type Hash } from 'node:crypto'
import type { TarEntry } from './tar/header.ts'
import { createTarReader, type TarPart } from './tar/read.ts'

/** What a world is made of, to tell whether two are the same. */
export interface Manifest {
  /** SHA-256 over `lines`, in hexadecimal. */
  digest: string
  /** Regular files, and the bytes in them. */
  files: number
  bytes: number
  /** One for each entry, sorted: path, type, mode, owner, size, time and content. */
  lines: readonly string[]
}

export interface ManifestBuilder {
  add(part: TarPart): void
  /** To be asked once, after the last part. */
  result(): Manifest
}

/** The path in the world: without the folder that the archive was made of. Empty for that folder itself. */
export function pathInWorld(path: string): string {
  const plain = path.replace(/^(\.?\/)+/, '')
  const slash = plain.indexOf('/')
  return slash < 0 ? '' : plain.slice(slash + 1).replace(/\/+$/, '')
}

export function createManifest(): ManifestBuilder {
  const lines: string[] = []
  let open: { entry: TarEntry; hash: Hash } | null = null
  let files = 0
  let bytes = 0

  function close(): void {
    if (!open) return
    const { entry, hash } = open
    open = null
    const path = pathInWorld(entry.path)
    // The folder itself is the container's: its image may set owner and mode at every start.
    if (path === '') return
    if (entry.type === 'file') {
      files += 1
      bytes += entry.size
    }
    lines.push(lineOf(path, entry, hash.digest('hex')))
  }

  return {
    add(part) {
      if (part.kind === 'entry') open = { entry: part.entry, hash: createHash('sha256') }
      else if (part.kind === 'content') open?.hash.update(part.raw)
      else close()
    },
    result() {
      lines.sort()
      const hash = createHash('sha256')
      for (const line of lines) hash.update(line, 'latin1').update('\n')
      return { digest: hash.digest('hex'), files, bytes, lines }
    },
  }
}

/** No name has a zero byte, so no two entries give one line. */
function lineOf(path: string, entry: TarEntry, content: string): string {
  const { type, mode, uid, gid } = entry
  // A second name of a file says nothing of its own but where it leads; a link has no mode everywhere.
  if (type === 'link') return [path, type, pathInWorld(entry.link)].join('\0')
  if (type === 'symlink') return [path, type, uid, gid, entry.link].join('\0')
  const common = [path, type, mode, uid, gid]
  return (type === 'file' ? [...common, entry.size, entry.mtime, content] : [...common, content]).join('\0')
}

/** Hands an archive on as it is, and notes what is in it. @param onBytes how many bytes have come */
export async function* noting(
  chunks: AsyncIterable<Buffer>,
  manifest: ManifestBuilder,
  onBytes: (bytes: number) => void = () => {},
): AsyncGenerator<Buffer, void> {
  const reader = createTarReader()
  let bytes = 0
  for await (const chunk of chunks) {
    for (const part of reader.read(chunk)) manifest.add(part)
    bytes += chunk.length
    onBytes(bytes)
    yield chunk
  }
  reader.finish()
}

/** Reads an archive to its end. @throws Error for what is no tar archive, or is cut off; what `chunks` throws */
export async function readManifest(
  chunks: AsyncIterable<Buffer>,
  onBytes: (bytes: number) => void = () => {},
): Promise<Manifest> {
  const manifest = createManifest()
  for await (const _ of noting(chunks, manifest, onBytes));
  return manifest.result()
}

/** The first path in which two worlds differ; null when they are the same. */
export function firstDifference(a: Manifest, b: Manifest): string | null {
  if (a.digest === b.digest) return null
  const [first, second] = [new Set(a.lines), new Set(b.lines)]
  const only = a.lines.find((line) => !second.has(line)) ?? b.lines.find((line) => !first.has(line))
  // Shown to a person: there a name is UTF-8.
  return Buffer.from(only?.split('\0')[0] ?? '', 'latin1').toString('utf8')
}
