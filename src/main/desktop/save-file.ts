import { copyFile, rename, rm } from 'node:fs/promises'
import type { Dialog } from 'electron'
import { LightNodeError } from '../../shared/errors.ts'

/**
 * Asks where to, and copies a file there. What is there already is replaced only once the copy is whole.
 *
 * @returns false when the user gave up
 * @throws LightNodeError BACKUP_FAILED when it can't be copied there
 */
export function createSaveFile(
  dialog: Pick<Dialog, 'showSaveDialog'>,
): (path: string, name: string) => Promise<boolean> {
  return async (path, name) => {
    const { canceled, filePath } = await dialog.showSaveDialog({
      defaultPath: name,
      title: 'Save the backup',
    })
    if (canceled || !filePath) return false
    // Onto itself: nothing to do, and nothing to lose.
    if (filePath === path) return true
    const draft = `${filePath}.part`
    try {
      await copyFile(path, draft)
      await rename(draft, filePath)
    } catch (error) {
      await rm(draft, { force: true }).catch(() => {})
      const why = error instanceof Error ? error.message : String(error)
      throw new LightNodeError('BACKUP_FAILED', `The backup could not be saved there: ${why}.`, {
        remedy: 'The backup itself is untouched. Choose another place and try again.',
      })
    }
    return true
  }
}
