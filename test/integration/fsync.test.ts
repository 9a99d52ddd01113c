import { execFile, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { bundle } from '../crash/bundle.ts'

/** What strace can't do here, in its own words; null when it works. */
function unavailable(): string | null {
  if (process.platform !== 'linux') return 'strace is of Linux'
  const { error, status, stderr } = spawnSync('strace', ['-o', '/dev/null', 'true'], { encoding: 'utf8' })
  return error ? `strace: ${error.message}` : status === 0 ? null : stderr.trim()
}
const reason = unavailable()
if (reason !== null) console.warn(`skipped: the fsync calls of a commit (${reason}); apt-get install strace`)

/**
 * Follows the calls of one process: after each write to the log it has to be synced before the next answer.
 *
 * @returns how many answers were given, how many calls synced the log, and the answers that came too early
 */
function judge(trace: string) {
  let written = false
  let syncs = 0
  let answers = 0
  let writes = 0
  const early: string[] = []
  for (const line of trace.split('\n')) {
    if (/^pwrite64\(\d+<[^>]*\.db-wal>/.test(line)) {
      written = true
      writes += 1
    } else if (/^f(data)?sync\(\d+<[^>]*\.db-wal>\) += 0/.test(line)) {
      written = false
      syncs += 1
    } else if (/^write\(1<[^>]*>, "answered /.test(line)) {
      answers += 1
      if (written) early.push(line)
    }
  }
  return { answers, syncs, writes, early }
}

describe.skipIf(reason !== null)('a commit', () => {
  let folder: string
  let built: Awaited<ReturnType<typeof bundle>>
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'lightnode-fsync-'))
    built = await bundle(fileURLToPath(new URL('fsync-child.ts', import.meta.url)))
  })
  afterAll(() => {
    for (const path of [folder, built.folder]) rmSync(path, { recursive: true, force: true })
  })

  async function traced(synchronous: string) {
    const out = join(folder, `${synchronous}.trace`)
    // The calls of SQLite are the main thread's alone, so that their order is the order of the lines.
    const calls = '--trace=pwrite64,fsync,fdatasync,write'
    const child = [process.execPath, built.program, join(folder, synchronous, 'lightnode.db'), synchronous]
    await promisify(execFile)('strace', ['-y', calls, '-o', out, ...child])
    return judge(readFileSync(out, 'utf8'))
  }

  test('is on the disk before Create answers', async () => {
    const seen = await traced('FULL')
    process.stdout.write(`fsync: ${JSON.stringify({ ...seen, early: seen.early.length })}\n`)
    expect(seen.early).toEqual([])
    expect(seen.answers).toBe(10)
    expect(seen.syncs).toBeGreaterThanOrEqual(10)
  })

  test('would be seen to answer too early without synchronous=FULL', async () => {
    const seen = await traced('NORMAL')
    expect(seen.answers).toBe(10)
    expect(seen.early).toHaveLength(10)
  })
})
