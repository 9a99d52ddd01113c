import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, statfsSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A disk of its own, of a few megabytes. */
export interface SmallDisk {
  folder: string
  /** Leaves this many bytes free, rounded to pages; all of it when left out. */
  leave(bytes?: number): void
  remove(): void
}

/** Why no such disk can be had here; null when it can. */
export function noSmallDisk(): string | null {
  if (process.platform !== 'linux') return 'a tmpfs is of Linux'
  if (process.getuid?.() !== 0) return 'only root can mount a tmpfs'
  const folder = mkdtempSync(join(tmpdir(), 'lightnode-disk-'))
  const { status, stderr, error } = spawnSync('mount', ['-t', 'tmpfs', 'tmpfs', folder], { encoding: 'utf8' })
  if (status === 0) spawnSync('umount', [folder])
  rmSync(folder, { recursive: true })
  return status === 0 ? null : (error?.message ?? stderr.trim())
}

/** @param megabytes its size */
export function makeSmallDisk(megabytes: number): SmallDisk {
  const folder = mkdtempSync(join(tmpdir(), 'lightnode-disk-'))
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', folder])
  if (mounted.status !== 0) throw new Error(`no tmpfs: ${mounted.stderr}`)
  const filler = join(folder, 'filler')
  writeFileSync(filler, '')
  return {
    folder,
    leave(bytes) {
      truncateSync(filler, 0)
      if (bytes === undefined) return
      const { bavail, bsize } = statfsSync(folder)
      writeFileSync(filler, Buffer.alloc(Math.max(0, bavail * bsize - bytes), 1))
    },
    remove() {
      spawnSync('umount', ['-l', folder])
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
