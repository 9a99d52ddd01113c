import { open } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { pipeline } from 'node:stream/promises'
import { refuse } from './http-error.ts'

/** The file of a world's backup, and what its download is called. @throws LightNodeError */
export type WorldFile = (backupId: string) => { path: string; name: string }

/**
 * Sends a file to be kept, as it is read.
 *
 * @throws HttpError 404 when it is gone since
 */
export async function sendDownload(
  request: IncomingMessage,
  response: ServerResponse,
  { path, name }: ReturnType<WorldFile>,
): Promise<void> {
  const handle = await open(path, 'r').catch(() => {
    throw refuse('NOT_FOUND', 'The file of this backup is gone.')
  })
  try {
    const { size } = await handle.stat()
    response.writeHead(200, {
      'content-type': 'application/gzip',
      'content-length': size,
      'content-disposition': disposition(name),
    })
    if (request.method === 'HEAD') {
      response.end()
      return
    }
    // No more than was promised, whatever is written to it meanwhile.
    await pipeline(
      handle.createReadStream({ start: 0, end: Math.max(0, size - 1), autoClose: false }),
      response,
    )
  } finally {
    await handle.close()
  }
}

/** RFC 6266: a name in plain letters for everyone, and the whole one encoded by RFC 5987. */
function disposition(name: string): string {
  const plain = name.replace(/[^A-Za-z0-9._-]/g, '_')
  const encoded = encodeURIComponent(name).replace(
    /['()*]/g,
    (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`,
  )
  return `attachment; filename="${plain}"; filename*=UTF-8''${encoded}`
}
