import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { promisify } from 'node:util'
import { gunzip, gzip } from 'node:zlib'
import { extract, pack } from 'tar-stream'

/** What a made-up file may make of itself when it is unpacked. */
const MOST_BYTES = 1024 * 1024 * 1024
const DATABASE = 'lightnode.db'
const KEY = 'data.key'

/** What an export holds, named and written as in a data folder. */
export interface ExportContent {
  /** A database without a log of its own. */
  database: Buffer
  /** The data key: 32 bytes. */
  key: Buffer
}

/** A gzipped tar of two files. */
export async function packContent({ database, key }: ExportContent): Promise<Buffer> {
  const archive = pack()
  archive.entry({ name: DATABASE, mode: 0o600 }, database)
  // As `data.key` holds it: whoever unpacks both has a data folder.
  archive.entry({ name: KEY, mode: 0o600 }, key.toString('base64'))
  archive.finalize()
  return promisify(gzip)(await buffer(archive))
}

/** @throws Error for anything but what `packContent` makes */
export async function unpackContent(packed: Buffer): Promise<ExportContent> {
  const tar = await promisify(gunzip)(packed, { maxOutputLength: MOST_BYTES })
  const files = new Map<string, Buffer>()
  const archive = extract()
  const reading = (async () => {
    for await (const entry of archive) files.set(entry.header.name, await buffer(entry))
  })()
  Readable.from([tar]).pipe(archive)
  await reading
  const database = files.get(DATABASE)
  const key = files.get(KEY)
  if (!database || !key) throw new Error('The export holds no database or no key.')
  return { database, key: Buffer.from(key.toString('latin1'), 'base64') }
}
