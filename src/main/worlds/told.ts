import { LightNodeError } from '../../shared/errors.ts'
import { storageProblem } from '../database/storage.ts'
import { EngineError } from '../engine/types.ts'

/** What the system says of a folder or a disk, in words. */
const reasons: Record<string, string> = {
  ENOSPC: 'the disk is full',
  EDQUOT: "this user's share of the disk is full",
  EROFS: 'the disk may not be written to',
  EACCES: 'it may not be written to',
  EPERM: 'it may not be written to',
  ENOENT: 'it is not there',
  ENOTDIR: 'it is no folder',
  EEXIST: 'it is no folder',
  EIO: 'the disk does not answer as it should',
  ENODEV: 'the disk is gone',
  ENXIO: 'the disk is gone',
}

/** @returns BACKUP_FAILED for what the system said about the folder of backups; every other error as it is */
export function folderProblem(error: unknown, folder: string): unknown {
  if (!(error instanceof Error && 'code' in error && 'syscall' in error)) return error
  const code = String(error.code)
  const reason = Object.hasOwn(reasons, code) ? reasons[code] : 'the system refuses it'
  const message = `The backup could not be written to ${folder}: ${reason} (${code}).`
  return new LightNodeError('BACKUP_FAILED', message, {}, { cause: error })
}

/** An error in the catalogue's words where the case has its own; anything else as it is. */
export function told(error: unknown): unknown {
  if (error instanceof EngineError && error.kind === 'no-space')
    return new LightNodeError('DISK_EXCEEDED', 'The engine has no space left for it.', {}, { cause: error })
  if (error instanceof EngineError && (error.kind === 'image-missing' || error.kind === 'pull-failed'))
    return new LightNodeError('IMAGE_MISSING', undefined, {}, { cause: error })
  return storageProblem(error) ?? error
}

/** "1.2 GB", "340 MB". */
export function sizeText(bytes: number): string {
  const units = ['bytes', 'kB', 'MB', 'GB', 'TB']
  let value = bytes
  let unit = 0
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024
    unit += 1
  }
  return `${value >= 10 || unit === 0 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`
}
