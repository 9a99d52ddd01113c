import { accessSync, constants } from 'node:fs'
import { isAbsolute, join } from 'node:path'
import { invalidInput } from '../../shared/errors.ts'
import type { WorldSettings } from '../../shared/settings.ts'
import { makeFolder } from '../database/make-folder.ts'
import type { Database } from '../database/open.ts'
import { getSetting, setSetting } from '../database/settings.ts'

/** How worlds are saved as files; what was never set has its default. */
export function readWorldSettings(database: Database, dataDir: string): WorldSettings {
  const stored = (name: keyof WorldSettings) => getSetting(database, `worlds.${name}`)
  return {
    folder: stored('folder') ?? join(dataDir, 'worlds'),
    daily: (stored('daily') ?? 'true') === 'true',
    keep: Number(stored('keep') ?? 7),
    keepGb: Number(stored('keepGb') ?? 50),
  }
}

/** @throws LightNodeError INVALID_INPUT for a folder that can't be used; nothing is written then */
export async function writeWorldSettings(
  database: Database,
  dataDir: string,
  change: { [Name in keyof WorldSettings]?: WorldSettings[Name] | undefined },
): Promise<void> {
  const changed = (['folder', 'daily', 'keep', 'keepGb'] as const).filter(
    (name) => change[name] !== undefined,
  )
  // What was chosen before may be a disk that is not there now: only a new choice is looked at, and made.
  if (change.folder !== undefined && change.folder !== readWorldSettings(database, dataDir).folder)
    refuseUnusable(change.folder)
  // What nobody chose stays unwritten: the default goes with the data folder.
  database.transaction(() => {
    for (const name of changed) setSetting(database, `worlds.${name}`, String(change[name]))
  })()
}

function refuseUnusable(folder: string): void {
  const refuse = (message: string) => invalidInput([{ field: 'worlds.folder', message }])
  if (!isAbsolute(folder)) throw refuse('Give the folder an absolute path.')
  try {
    makeFolder(folder)
    accessSync(folder, constants.W_OK)
  } catch (cause) {
    throw refuse(`The folder can't be written to: ${cause instanceof Error ? cause.message : cause}`)
  }
}
