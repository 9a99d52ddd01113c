import { createHash } from 'node:crypto'
import { lstatSync, mkdirSync, realpathSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'

/** Unix sockets take 104 bytes on macOS and 108 on Linux, the final zero included. */
const LONGEST_PATH = 100

/**
 * Where the owner of a data folder listens for second processes: a socket in the folder itself; where that
 * path is too long, in a folder of this user's own among the temporary files; on Windows a named pipe.
 *
 * @throws Error when the folder among the temporary files belongs to someone else
 */
export function instanceAddress(dataDir: string): string {
  const folder = realpathSync(dataDir)
  const hash = createHash('sha256').update(folder).digest('hex').slice(0, 32)
  if (process.platform === 'win32') return `\\\\.\\pipe\\lightnode-${hash}`
  const path = join(folder, 'instance.sock')
  if (Buffer.byteLength(path) <= LONGEST_PATH) return path
  return join(privateTemporaryFolder(), `${hash}.sock`)
}

function privateTemporaryFolder(): string {
  const { uid } = userInfo()
  const folder = join(tmpdir(), `lightnode-${uid}`)
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const found = lstatSync(folder)
  if (!found.isDirectory() || found.uid !== uid || (found.mode & 0o077) !== 0)
    throw new Error(`${folder} belongs to someone else or is open to others.`)
  return folder
}
