import { buffer } from 'node:stream/consumers'
import { extract, type Header } from 'tar-stream'
import { type Engine, EngineError } from '../engine/types.ts'

/** Far above what is asked for here: settings, a password, a world's head. Bytes. */
const MAX_BYTES = 4 * 1024 * 1024

/** A plain file of a container, made, running or stopped. @returns null when there is none. @throws EngineError */
export async function readContainerFile(
  engine: Engine,
  containerId: string,
  path: string,
): Promise<Buffer | null> {
  let content: Buffer | null = null
  await readEntries(engine, containerId, path, async ({ type, size = 0 }, read) => {
    if (type === 'file' && size <= MAX_BYTES) content = await read()
    return false
  })
  return content
}

/** Whether there is anything in a folder of a container; false when there is no such folder. @throws EngineError */
export async function hasFiles(engine: Engine, containerId: string, folder: string): Promise<boolean> {
  let entries = 0
  await readEntries(engine, containerId, folder, async () => {
    entries += 1
    // The first is the folder itself.
    return entries < 2
  })
  return entries > 1
}

/** @param onEntry answers whether to go on; what is not read until then is left */
async function readEntries(
  engine: Engine,
  containerId: string,
  path: string,
  onEntry: (header: Header, read: () => Promise<Buffer>) => Promise<boolean>,
): Promise<void> {
  const ended = new AbortController()
  const archive = await engine.readArchive(containerId, path, ended.signal).catch(absent)
  if (!archive) return
  const entries = extract()
  archive.on('error', (error) => entries.destroy(error))
  archive.pipe(entries)
  try {
    for await (const entry of entries) {
      const goOn = await onEntry(entry.header, () => buffer(entry))
      if (!goOn) break
      entry.resume()
    }
  } finally {
    ended.abort()
    archive.destroy()
  }
}

function absent(error: unknown): null {
  if (error instanceof EngineError && ['not-found', 'rejected'].includes(error.kind)) return null
  throw error
}
