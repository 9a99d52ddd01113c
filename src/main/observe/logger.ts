import { existsSync, mkdirSync, renameSync, statSync } from 'node:fs'
import { join } from 'node:path'
import pino, { type Logger } from 'pino'

export type { Logger }

const MAX_BYTES = 10 * 1024 * 1024
const KEPT = 5
/** What waits in memory while the disk takes nothing; the rest is dropped. */
const MAX_WAITING_BYTES = 64 * 1024

/**
 * Writes JSON lines to `logs/lightnode.log` in the data folder; files over 10 MB are put aside at the start,
 * the last five are kept. Secrets print as `[secret]` by their type.
 *
 * @param level pino's level names
 */
export function createLogger(dataDir: string, level: string): Logger {
  const folder = join(dataDir, 'logs')
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const file = join(folder, 'lightnode.log')
  rotate(file)
  const destination = pino.destination({
    ...{ dest: file, sync: true, mode: 0o600, maxLength: MAX_WAITING_BYTES },
  })
  // A full disk takes no line; that is no reason to end, and what waits is written once there is space.
  destination.on('error', () => {})
  return pino(
    { level, base: { pid: process.pid }, redact: { paths: ['password', '*.password'], censor: '[secret]' } },
    destination,
  )
}

function rotate(file: string): void {
  if (!existsSync(file) || statSync(file).size < MAX_BYTES) return
  for (let n = KEPT - 1; n >= 1; n--)
    if (existsSync(`${file}.${n}`)) renameSync(`${file}.${n}`, `${file}.${n + 1}`)
  renameSync(file, `${file}.1`)
}
