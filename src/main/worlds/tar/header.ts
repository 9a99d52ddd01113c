// The fields of a tar header block (POSIX ustar, with GNU's numbers): offsets and lengths in bytes.

export const BLOCK = 512

const SIZE = { at: 124, length: 12 }
const CHECKSUM = { at: 148, length: 8 }

/** One entry of an archive. Names are kept byte for byte, as latin1 text: not every one is valid UTF-8. */
export interface TarEntry {
  path: string
  type: 'file' | 'directory' | 'symlink' | 'link' | 'character' | 'block' | 'fifo' | 'other'
  mode: number
  uid: number
  gid: number
  /** Bytes of content that follow. */
  size: number
  /** Seconds since 1970. */
  mtime: number
  /** Where a link leads to; empty for all else. */
  link: string
}

const types: Record<string, TarEntry['type']> = {
  '\0': 'file',
  0: 'file',
  1: 'link',
  2: 'symlink',
  3: 'character',
  4: 'block',
  5: 'directory',
  6: 'fifo',
  7: 'file',
}

export function typeFlag(block: Buffer): string {
  return String.fromCharCode(block[156] ?? 0)
}

/** @throws Error for a block that is no tar header */
export function readHeader(block: Buffer): TarEntry {
  if (checksum(block) !== number(block, CHECKSUM.at, CHECKSUM.length)) throw new Error('it is no tar archive')
  // Only ustar has a prefix there; GNU keeps other things in its place.
  const prefix = block.toString('latin1', 257, 263) === 'ustar\0' ? text(block, 345, 155) : ''
  const name = text(block, 0, 100)
  const path = prefix ? `${prefix}/${name}` : name
  const type = types[typeFlag(block)] ?? 'other'
  return {
    path,
    type: type === 'file' && path.endsWith('/') ? 'directory' : type,
    mode: number(block, 100, 8) & 0o7777,
    uid: number(block, 108, 8),
    gid: number(block, 116, 8),
    size: number(block, SIZE.at, SIZE.length),
    mtime: number(block, 136, 12),
    link: type === 'link' || type === 'symlink' ? text(block, 157, 100) : '',
  }
}

/** The same header for another size of content. */
export function withSize(block: Buffer, size: number): Buffer {
  const next = Buffer.from(block)
  next.write(`${size.toString(8).padStart(11, '0')}\0`, SIZE.at, 'latin1')
  next.write(`${checksum(next).toString(8).padStart(6, '0')}\0 `, CHECKSUM.at, 'latin1')
  return next
}

/** Records of a pax header: `LENGTH NAME=VALUE\n` each. @throws Error for what is none */
export function readPax(content: Buffer): Map<string, string> {
  const records = new Map<string, string>()
  for (let at = 0; at < content.length; ) {
    const space = content.indexOf(0x20, at)
    const length = Number(content.toString('latin1', at, space))
    if (space < 0 || !(length > 0) || at + length > content.length) throw new Error('a pax header is broken')
    const record = content.toString('latin1', space + 1, at + length - 1)
    const equals = record.indexOf('=')
    records.set(record.slice(0, equals), record.slice(equals + 1))
    at += length
  }
  return records
}

/** Text up to its first zero byte. */
export function text(block: Buffer, at = 0, length = block.length): string {
  const end = block.subarray(at, at + length).indexOf(0)
  return block.toString('latin1', at, at + (end < 0 ? length : end))
}

/** Octal digits; or, with the highest bit set, the number itself (GNU). */
function number(block: Buffer, at: number, length: number): number {
  const first = block[at] ?? 0
  if (first & 0x80) {
    let value = first & 0x7f
    for (const byte of block.subarray(at + 1, at + length)) value = value * 256 + byte
    return value
  }
  const digits = block
    .toString('latin1', at, at + length)
    .replace(/[\0 ]+$/, '')
    .trim()
  if (digits === '') return 0
  if (!/^[0-7]+$/.test(digits)) throw new Error('it is no tar archive')
  return Number.parseInt(digits, 8)
}

/** The sum of all bytes, its own field counted as blanks. */
function checksum(block: Buffer): number {
  let sum = CHECKSUM.length * 0x20
  for (let at = 0; at < block.length; at++)
    if (at < CHECKSUM.at || at >= CHECKSUM.at + CHECKSUM.length) sum += block[at] ?? 0
  return sum
}
