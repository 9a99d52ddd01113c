import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { uptime } from 'node:os'
import { join } from 'node:path'
import { cacheFolder, root } from './paths.mjs'
import { say } from './say.mjs'

const PAUSE_MS = 500
const LONGEST_MS = 30 * 60_000

/**
 * Runs `work` while no other command of ours installs or builds in this clone. A lock whose holder is gone is
 * taken over; where no lock can be kept (a home that can't be written to) the work is done without.
 */
export async function alone(work, folder = join(cacheFolder(), 'locks')) {
  const file = join(folder, `${createHash('sha256').update(root).digest('hex').slice(0, 16)}.pid`)
  const held = await take(file, folder)
  const release = () => {
    if (held) rmSync(file, { force: true })
  }
  process.once('exit', release)
  try {
    return await work()
  } finally {
    process.removeListener('exit', release)
    release()
  }
}

async function take(file, folder) {
  let waiting = false
  try {
    mkdirSync(folder, { recursive: true })
  } catch {
    return false
  }
  for (;;) {
    try {
      writeFileSync(file, String(process.pid), { flag: 'wx' })
      return true
    } catch (error) {
      if (error.code !== 'EEXIST') return false
    }
    if (!holderLives(file)) {
      rmSync(file, { force: true })
      continue
    }
    if (!waiting) say('another command is installing or building in this folder; waiting for it')
    waiting = true
    await new Promise((done) => setTimeout(done, PAUSE_MS))
  }
}

function holderLives(file) {
  try {
    const ageMs = Date.now() - statSync(file).mtimeMs
    // Older than the system's start, or than any installation takes: its number may be someone else's by now.
    if (ageMs > Math.min(uptime() * 1000, LONGEST_MS)) return false
    const pid = Number(readFileSync(file, 'utf8'))
    // Empty: it is being written this very moment.
    if (pid === 0) return ageMs < 5000
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error.code === 'EPERM'
  }
}
