import type { WorldBackup, WorldCopy } from '../../../shared/worlds.ts'
import { typeNames } from '../format.ts'

export const backupReasons: Record<WorldBackup['reason'], string> = { asked: 'Asked for', daily: 'Daily' }

export const copyReasons: Record<WorldCopy['reason'], string> = {
  change: 'Before another type or version',
  restore: 'Before a restore',
  revert: 'Before going back',
}

const isKnown = (type: string): type is keyof typeof typeNames => Object.hasOwn(typeNames, type)

/** What a world was played with: "Vanilla 1.21.11". */
export const gameText = ({ type, version }: { type: string; version: string }): string =>
  `${isKnown(type) ? typeNames[type] : type} ${version}`

/** Where a browser gets the file of a backup. */
export const downloadUrl = (id: string): string => `/download/world/${encodeURIComponent(id)}`
