import { BLOCK, readHeader, readPax, type TarEntry, text, typeFlag } from './header.ts'

/** A long name or a pax header beyond this is no archive of ours. */
const MAX_EXTENSION = 4 * 1024 * 1024

/** A piece of an archive; all `raw` one after another, and an end mark, are the archive again. */
export type TarPart =
  /** `raw`: the entry's own block, last, and those before it that belong to it. */
  | { kind: 'entry'; entry: TarEntry; raw: Buffer }
  | { kind: 'content'; raw: Buffer }
  /** `raw`: what fills the last block. */
  | { kind: 'end'; raw: Buffer }

/** Takes an archive apart as it comes, byte for byte: a library that decodes names would change some. */
export interface TarReader {
  /** @throws Error for what is no tar archive */
  read(chunk: Buffer): TarPart[]
  /** @throws Error when the archive is cut off */
  finish(): void
}

/** Two blocks of zeros (POSIX.1-1988). */
export const endMark = Buffer.alloc(2 * BLOCK)

interface Extension {
  kind: string
  size: number
}

const padding = (size: number) => (BLOCK - (size % BLOCK)) % BLOCK
/** What says more about the entry that follows: pax, and GNU's long link and long name. */
const extensionKinds = ['x', 'K', 'L']

export function createTarReader(): TarReader {
  /** Blocks of the entry that is not complete yet. */
  let head: Buffer[] = []
  let gathered: Buffer[] = []
  let missing = BLOCK
  let extension: Extension | null = null
  let said: { path?: string; link?: string; size?: number; mtime?: number; uid?: number; gid?: number } = {}
  let content = 0
  let fill = 0
  let within = false
  let ended = false

  function extend({ kind, size }: Extension, block: Buffer): void {
    const bytes = block.subarray(0, size)
    if (kind === 'L') said.path = text(bytes)
    else if (kind === 'K') said.link = text(bytes)
    else for (const [name, value] of readPax(bytes)) take(name, value)
  }

  function take(name: string, value: string): void {
    if (name === 'path') said.path = value
    else if (name === 'linkpath') said.link = value
    else if (name === 'size' || name === 'uid' || name === 'gid') said[name] = Number(value)
    else if (name === 'mtime') said.mtime = Math.floor(Number(value))
  }

  function begin(block: Buffer): TarPart | null {
    if (block.every((byte) => byte === 0)) {
      ended = true
      return null
    }
    const plain = readHeader(block)
    const kind = typeFlag(block)
    head.push(block)
    if (extensionKinds.includes(kind)) {
      if (plain.size > MAX_EXTENSION) throw new Error('a header of it is too long')
      extension = { kind, size: plain.size }
      missing = plain.size + padding(plain.size)
      return null
    }
    const entry = { ...plain, ...said }
    // Like the writers of such archives: these have no content, whatever their size says.
    if (entry.type !== 'file' && entry.type !== 'other') entry.size = 0
    const raw = Buffer.concat(head)
    head = []
    said = {}
    content = entry.size
    fill = padding(entry.size)
    within = true
    return { kind: 'entry', entry, raw }
  }

  function complete(block: Buffer): TarPart | null {
    missing = BLOCK
    if (!extension) return begin(block)
    extend(extension, block)
    head.push(block)
    extension = null
    return null
  }

  function joined(): Buffer {
    const pieces = gathered
    gathered = []
    return pieces.length === 1 && pieces[0] ? pieces[0] : Buffer.concat(pieces)
  }

  function read(chunk: Buffer): TarPart[] {
    const parts: TarPart[] = []
    let at = 0
    const piece = (length: number) => {
      const raw = chunk.subarray(at, at + length)
      at += raw.length
      return raw
    }
    while (!ended && (at < chunk.length || within)) {
      if (content > 0) {
        if (at === chunk.length) break
        const raw = piece(content)
        content -= raw.length
        parts.push({ kind: 'content', raw })
      } else if (within) {
        if (fill > 0 && at === chunk.length) break
        const raw = piece(fill)
        gathered.push(raw)
        fill -= raw.length
        if (fill > 0) continue
        parts.push({ kind: 'end', raw: joined() })
        within = false
      } else {
        const raw = piece(missing)
        gathered.push(raw)
        missing -= raw.length
        if (missing > 0) continue
        const part = complete(joined())
        if (part) parts.push(part)
      }
    }
    return parts
  }

  return {
    read,
    finish() {
      if (!ended) throw new Error('it is cut off')
    },
  }
}
