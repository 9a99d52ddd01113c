import { LightNodeError } from '../../shared/errors.ts'
import { memoryLimitBytes } from '../game/image.ts'

const MB = 1024 * 1024
const GB = 1024 * MB
/** The step of the memory field: what is offered is rounded down to it. */
const MEMORY_STEP_GB = 0.5

/** What the engine of a host has; null where it is not known. */
export interface Capacity {
  memoryBytes: number | null
  diskFreeBytes: number | null
}

/**
 * The largest heap for one more server, overhead taken off; the inverse of `memoryLimitBytes`.
 *
 * @param totalBytes the engine's memory
 * @param promisedMb heaps of the servers that are there already
 * @returns MB, 0 when nothing fits
 */
export function freeHeapMb(totalBytes: number, promisedMb: readonly number[]): number {
  const promised = promisedMb.reduce((sum, heap) => sum + memoryLimitBytes(heap), 0)
  // Limits are whole megabytes: what is left of one serves nobody.
  const limitMb = Math.floor((totalBytes - promised) / MB)
  return Math.max(0, Math.floor(Math.min(limitMb - 512, limitMb / 1.25)))
}

/** The same in GB, as the memory field takes it. */
export function freeMemoryGb(totalBytes: number, promisedMb: readonly number[]): number {
  return Math.floor(freeHeapMb(totalBytes, promisedMb) / 1024 / MEMORY_STEP_GB) * MEMORY_STEP_GB
}

/** @throws LightNodeError MEMORY_EXCEEDED, naming what would be right */
export function checkMemory(heapMb: number, totalBytes: number | null, promisedMb: readonly number[]): void {
  if (totalBytes === null || heapMb <= freeHeapMb(totalBytes, promisedMb)) return
  const total = (totalBytes / GB).toFixed(1)
  const most = freeMemoryGb(totalBytes, promisedMb)
  const message =
    most > 0
      ? `At most ${most} GB: the engine has ${total} GB, less what other servers were promised and the overhead.`
      : `No memory is left: the engine's ${total} GB are promised to other servers and the overhead.`
  throw new LightNodeError('MEMORY_EXCEEDED', message, { fields: [{ field: 'memory', message }] })
}

/** @throws LightNodeError DISK_EXCEEDED, naming what would be right */
export function checkDisk(diskGb: number, freeBytes: number | null): void {
  if (freeBytes === null || diskGb * GB <= freeBytes) return
  const most = Math.floor(freeBytes / GB)
  const message =
    most > 0
      ? `At most ${most} GB: that is what is free where the engine keeps its volumes.`
      : 'Less than 1 GB is free where the engine keeps its volumes.'
  throw new LightNodeError('DISK_EXCEEDED', message, { fields: [{ field: 'diskSpace', message }] })
}
