import { accessSync, constants, mkdirSync } from 'node:fs'
import { isAbsolute, join } from 'node:path'
import { invalidInput } from '../../shared/errors.ts'
import type { WorldSettings } from '../../shared/settings.ts'
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
  const next = { ...readWorldSettings(database, dataDir), ...defined(change) }
  refuseUnusable(next.folder)
  database.transaction(() => {
    for (const name of ['folder', 'daily', 'keep', 'keepGb'] as const)
      setSetting(database, `worlds.${name}`, String(next[name]))
  })()
}

function defined(change: object): Partial<WorldSettings> {
  return Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined))
}

function refuseUnusable(folder: string): void {
  const refuse = (message: string) => invalidInput([{ field: 'worlds.folder', message }])
  if (!isAbsolute(folder)) throw refuse('Give the folder an absolute path.')
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    accessSync(folder, constants.W_OK)
  } catch (cause) {
    throw refuse(`The folder can't be written to: ${cause instanceof Error ? cause.message : cause}`)
  }
}
