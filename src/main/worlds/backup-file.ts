import { createReadStream, type Stats, statSync } from 'node:fs'
import { mkdir, open, readdir, rename, rm, rmdir } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { addAbortSignal, pipeline } from 'node:stream'
import { pipeline as pipe } from 'node:stream/promises'
import { createGunzip, createGzip } from 'node:zlib'
import { LightNodeError } from '../../shared/errors.ts'
import type { WorldBackupRow } from '../database/world-backups.ts'
import { slug } from '../provisioning/names.ts'
import { type Manifest, readManifest } from './manifest.ts'

const PRIVATE_FILE = 0o600
const PRIVATE_FOLDER = 0o700
/** What makes up most of a world, its regions, is compressed already: more effort takes time and saves little. */
const GZIP_LEVEL = 1

/** As written, until it has been read back. */
export const draftOf = (file: string) => `${file}.new`

/** Where a server's backup of this moment goes. @param at milliseconds since 1970 */
export function backupPath(folder: string, server: { id: string; name: string }, at: number): string {
  // No colon: not every system takes one in a name.
  const stamp = new Date(at).toISOString().replace(/[:.]/g, '-')
  const path = (again: string) => join(folder, `${slug(server.name)}-${server.id}`, `${stamp}${again}.tar.gz`)
  for (let n = 1; ; n++) {
    const file = path(n === 1 ? '' : `-${n}`)
    if (!stat(file) && !stat(draftOf(file))) return file
  }
}

/** What a download is called. */
export function downloadName({ serverName, file }: Pick<WorldBackupRow, 'serverName' | 'file'>): string {
  return `${slug(serverName)}-${basename(file)}`
}

/**
 * Writes an archive, compressed, beside where it will be, for its owner alone, and waits until the disk has it.
 *
 * @param mayMake whether the folder of all backups is made when it is missing: one that the user chose may be a disk
 *   that is not there now
 * @returns bytes of the file
 * @throws what the system says; what `chunks` throws
 */
export async function writeDraft(
  file: string,
  chunks: AsyncIterable<Buffer>,
  mayMake: boolean,
  signal: AbortSignal,
): Promise<number> {
  const folder = dirname(file)
  if (mayMake) await mkdir(dirname(folder), { recursive: true, mode: PRIVATE_FOLDER })
  await mkdir(folder, { mode: PRIVATE_FOLDER }).catch(unless('EEXIST'))
  // A server has one backup under way: these were left when their disk was taken away in the middle.
  for (const name of await readdir(folder)) if (name.endsWith('.tar.gz.new')) await rm(join(folder, name))
  const handle = await open(draftOf(file), 'wx', PRIVATE_FILE)
  let bytes = 0
  try {
    const write = async (zipped: AsyncIterable<Buffer>) => {
      for await (const chunk of zipped) {
        for (let at = 0; at < chunk.length; ) at += (await handle.write(chunk, at)).bytesWritten
        bytes += chunk.length
      }
    }
    await pipe(chunks, createGzip({ level: GZIP_LEVEL }), write, { signal })
    await handle.sync()
  } finally {
    await handle.close()
  }
  await syncFolder(folder)
  return bytes
}

/** The draft becomes the backup. */
export async function finishDraft(file: string): Promise<void> {
  await rename(draftOf(file), file)
  await syncFolder(dirname(file))
}

/** Removes a draft, and its folder when nothing else is in it. @throws what the system says */
export async function removeDraft(file: string): Promise<void> {
  await rm(draftOf(file), { force: true })
  await removeIfEmpty(dirname(file))
}

export async function removeIfEmpty(folder: string): Promise<void> {
  await rmdir(folder).catch(() => {})
}

/**
 * Reads a backup as it lies on the disk.
 *
 * @throws what the system or the decompression says; Error for what is no archive
 */
export function readBackup(path: string, signal: AbortSignal): AsyncIterable<Buffer> {
  const gunzip = createGunzip()
  // A failure of the file ends the reading with it.
  pipeline(createReadStream(path), gunzip, () => {})
  return addAbortSignal(signal, gunzip)
}

/**
 * Reads a backup to its end and compares it with its record.
 *
 * @throws LightNodeError BACKUP_DAMAGED; the signal's reason
 */
export async function checkBackup(
  backup: WorldBackupRow,
  signal: AbortSignal,
  onBytes?: (bytes: number) => void,
): Promise<Manifest> {
  refuseMissing(backup)
  let manifest: Manifest
  try {
    manifest = await readManifest(readBackup(backup.file, signal), onBytes)
  } catch (error) {
    signal.throwIfAborted()
    throw damaged(backup, error instanceof Error ? error.message : String(error), error)
  }
  if (manifest.digest !== backup.digest) throw damaged(backup, 'its content is not what was backed up')
  return manifest
}

export function damaged(
  { file }: Pick<WorldBackupRow, 'file'>,
  why: string,
  cause?: unknown,
): LightNodeError {
  return new LightNodeError('BACKUP_DAMAGED', `The backup ${file} can't be used: ${why}.`, {}, { cause })
}

/** The file is gone from its place, or another one is there. */
export function isMissing({ file, bytes }: Pick<WorldBackupRow, 'file' | 'bytes'>): boolean {
  const found = stat(file)
  return !found?.isFile() || found.size !== bytes
}

/** @throws LightNodeError BACKUP_DAMAGED */
export function refuseMissing(backup: WorldBackupRow): void {
  if (isMissing(backup)) throw damaged(backup, 'it is gone from its place, or another file is there')
}

function stat(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false })
  } catch {
    // A folder that may not be looked into, or a disk that fails.
    return undefined
  }
}

/** So that the name is there after a power cut; Windows has no such thing. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

function unless(code: string): (error: unknown) => void {
  return (error) => {
    if (!(error instanceof Error && 'code' in error && error.code === code)) throw error
  }
}
