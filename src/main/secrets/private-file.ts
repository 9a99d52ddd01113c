import { execFile } from 'node:child_process'
import { open, rename, rm } from 'node:fs/promises'
import { userInfo } from 'node:os'
import { dirname } from 'node:path'
import { promisify } from 'node:util'

/**
 * Writes a file that only its owner can read: mode 600, on Windows an access list of this user alone.
 * The content is on the disk, whole, before the name points to it.
 */
export async function writePrivateFile(path: string, content: string | Buffer): Promise<void> {
  const draft = `${path}.new`
  const handle = await open(draft, 'w', 0o600)
  try {
    // The mode above counts only for a file that open() makes; a draft left by a crash may have another.
    if (process.platform !== 'win32') await handle.chmod(0o600)
    else await ownerOnly(draft)
    await handle.writeFile(content)
    await handle.sync()
  } catch (error) {
    await rm(draft, { force: true })
    throw error
  } finally {
    await handle.close()
  }
  await rename(draft, path)
  await syncFolder(dirname(path))
}

/** icacls: no inherited rights, full access for this user. */
async function ownerOnly(path: string): Promise<void> {
  await promisify(execFile)('icacls', [path, '/inheritance:r', '/grant:r', `${userInfo().username}:F`])
}

/** Makes a rename last through a power cut; Windows has no such call for folders. */
async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return
  const handle = await open(path, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
