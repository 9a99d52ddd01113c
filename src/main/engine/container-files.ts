import { posix } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { pack } from 'tar-stream'
import type { EngineClient } from './client.ts'
import { containerPath } from './containers.ts'
import { toEngineError } from './errors.ts'
import { callLimit, limited } from './limit.ts'
import { type ContainerFile, EngineError } from './types.ts'

/**
 * Puts one file into a container, made or running, with its owner and mode; missing folders are made for root
 * with mode 0755, and folders that are there keep their owner and mode.
 *
 * @throws EngineError `rejected` for a path that isn't absolute
 */
export async function putFile(client: EngineClient, id: string, file: ContainerFile): Promise<void> {
  const path = posix.normalize(file.path)
  if (!posix.isAbsolute(path) || path.endsWith('/')) {
    throw new EngineError('rejected', `${file.path} is not the absolute path of a file`)
  }
  const folder = await existingFolder(client, id, posix.dirname(path))
  const archive = await archiveOf({ ...file, path: posix.relative(folder, path) })
  const request = {
    method: 'PUT',
    path: `${containerPath(id)}/archive`,
    query: { path: folder },
    archive,
  } as const
  await limited('put file', callLimit, (signal) => client.done(request, signal))
}

/** The nearest folder on the way up that the container has. */
async function existingFolder(client: EngineClient, id: string, folder: string): Promise<string> {
  if (folder === '/') return folder
  const request = { method: 'HEAD', path: `${containerPath(id)}/archive`, query: { path: folder } } as const
  const exists = await limited('look for a folder', callLimit, async (signal) => {
    const answer = await client.stream(request, signal).catch((error: unknown) => {
      if (toEngineError(error).kind === 'not-found') return null
      throw error
    })
    answer?.resume()
    return answer !== null
  })
  return exists ? folder : existingFolder(client, id, posix.dirname(folder))
}

async function archiveOf({ path, content, uid, gid, mode }: ContainerFile): Promise<Buffer> {
  const archive = pack()
  const folders = path.split('/').slice(0, -1)
  for (const [at] of folders.entries()) {
    const name = `${folders.slice(0, at + 1).join('/')}/`
    archive.entry({ name, type: 'directory', uid: 0, gid: 0, mode: 0o755 })
  }
  archive.entry({ name: path, uid, gid, mode }, content)
  archive.finalize()
  return buffer(archive)
}
