import { buffer } from 'node:stream/consumers'
import fc from 'fast-check'
import { type Header, pack } from 'tar-stream'

/** One entry of an archive that a test makes. */
export interface Made {
  header: Partial<Header> & { name: string }
  content: Buffer
}

/** Made by a library of others, so that our reader is not tested by itself. */
export async function packed(entries: readonly Made[]): Promise<Buffer> {
  const archive = pack()
  // A library's stream that is read only afterwards would wait for its reader.
  const all = buffer(archive)
  for (const { header, content } of entries)
    archive.entry({ ...header }, header.type === 'file' ? content : Buffer.alloc(0))
  archive.finalize()
  return all
}

/** In pieces of these sizes, one after another and from the start again. */
export async function* inPieces(bytes: Buffer, sizes: readonly number[]): AsyncGenerator<Buffer, void> {
  for (let at = 0, n = 0; at < bytes.length; n++) {
    const size = sizes[n % sizes.length] ?? bytes.length
    yield bytes.subarray(at, at + size)
    at += size
  }
}

export const whole = (bytes: Buffer) => inPieces(bytes, [bytes.length])

const part = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 60 })
  .map((text) => text.replace(/[/\0]/g, '_'))
  .filter((text) => text !== '.' && text !== '..')
/** Short, long beyond every field of a header, and in every script. */
const path = fc.array(part, { minLength: 1, maxLength: 8 }).map((parts) => `data/${parts.join('/')}`)

const entry = fc
  .record({
    name: path,
    type: fc.constantFrom('file', 'file', 'file', 'directory', 'symlink', 'link'),
    mode: fc.integer({ min: 1, max: 0o7777 }),
    uid: fc.integer({ min: 0, max: 0o777777 }),
    gid: fc.integer({ min: 0, max: 0o777777 }),
    mtime: fc.integer({ min: 0, max: 0x7fffffff }).map((seconds) => new Date(seconds * 1000)),
    target: path,
    content: fc.uint8Array({ maxLength: 1600 }).map((bytes) => Buffer.from(bytes)),
  })
  .map(({ name, type, target, content, ...rest }): Made => {
    const link = type === 'symlink' || type === 'link' ? { linkname: target } : {}
    return { header: { name, type: type as 'file', ...rest, ...link }, content }
  })

/** A world's files, each path once. */
export const worldEntries = fc.uniqueArray(entry, { maxLength: 12, selector: ({ header }) => header.name })

export const pieceSizes = fc.array(fc.integer({ min: 1, max: 1500 }), { minLength: 1, maxLength: 6 })

export const file = (name: string, content: string | Buffer, change: Partial<Header> = {}): Made => ({
  header: { name, type: 'file', mode: 0o644, uid: 1000, gid: 1000, mtime: new Date(5000), ...change },
  content: Buffer.from(content),
})
