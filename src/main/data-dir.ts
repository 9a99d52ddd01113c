import { accessSync, constants, mkdtempSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { LightNodeError } from '../shared/errors.ts'
import { makeFolder } from './database/make-folder.ts'
import { defaultDataDir, type Options } from './options.ts'

/**
 * The data folder of this run, made when it is missing, for its owner alone (mode 700). A demonstration
 * without a folder of its own gets a new one among the temporary files, never the real one.
 *
 * @throws LightNodeError STORAGE_FAILED when it can't be made or written to
 */
export function prepareDataDir(options: Options): string {
  if (options.demo && options.dataDir === null) return mkdtempSync(join(tmpdir(), 'lightnode-demo-'))
  const folder = options.dataDir ?? defaultDataDir(process.platform, process.env, homedir())
  try {
    makeFolder(folder)
    accessSync(folder, constants.R_OK | constants.W_OK | constants.X_OK)
    return folder
  } catch (cause) {
    throw new LightNodeError(
      'STORAGE_FAILED',
      `The data folder ${folder} can't be used (${(cause as NodeJS.ErrnoException).code ?? 'unknown'}).`,
      { remedy: 'Give this user the right to write there, or name another folder with --data-dir.' },
      { cause },
    )
  }
}
