import { spawn } from 'node:child_process'
import { closeSync, existsSync, mkdirSync, openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { findEngine } from './engine.mjs'
import { cacheFolder, findOnPath } from './paths.mjs'
import { runStep } from './run.mjs'
import { say } from './say.mjs'

const WAIT_MS = 30_000
const SBIN = '/usr/local/sbin:/usr/sbin:/sbin'

/** The Docker daemon's program, if it is installed. */
export function findDockerd() {
  return findOnPath(['dockerd'], { PATH: `${process.env.PATH}:${SBIN}:/usr/bin` })
}

/**
 * Starts the engine as root: by the service manager where one runs, otherwise in the background, where it
 * outlives us. Says in one line what it does, and in another if it fails.
 *
 * @returns {Promise<boolean>} whether an engine answers now
 */
export async function startEngine() {
  if (existsSync('/run/systemd/system')) {
    say('starting the Docker engine (systemctl start docker)')
    await runStep('systemctl', ['start', 'docker'], { timeoutMs: 90_000 })
    return (
      (await answersWithin(WAIT_MS)) || complain('systemctl start docker', 'journalctl -u docker says why')
    )
  }
  say('starting the Docker engine, as no service manager does here')
  if (existsSync('/etc/init.d/docker')) {
    const result = await runStep('service', ['docker', 'start'], { timeoutMs: 30_000 })
    if (result.code === 0 && (await answersWithin(WAIT_MS))) return true
  }
  return startInBackground()
}

async function startInBackground() {
  const dockerd = findDockerd()
  if (!dockerd) return complain('dockerd', 'it is not installed')
  const folder = cacheFolder()
  mkdirSync(folder, { recursive: true })
  const log = join(folder, 'dockerd.log')
  const out = openSync(log, 'w', 0o600)
  const child = spawn(dockerd, [], {
    cwd: '/',
    detached: true,
    stdio: ['ignore', out, out],
    env: { ...process.env, PATH: `${process.env.PATH}:${SBIN}` },
  })
  closeSync(out)
  let ended = false
  child.on('error', () => {
    ended = true
  })
  child.on('exit', () => {
    ended = true
  })
  child.unref()
  if (await answersWithin(WAIT_MS, () => ended)) return true
  return complain('dockerd', `${lastLine(log)} (${log})`)
}

async function answersWithin(limitMs, gaveUp = () => false) {
  const end = Date.now() + limitMs
  while (Date.now() < end) {
    if ((await findEngine()).answers) return true
    if (gaveUp()) return false
    await new Promise((done) => setTimeout(done, 250))
  }
  return false
}

function lastLine(file) {
  return readFileSync(file, 'utf8').trim().split('\n').at(-1)?.slice(0, 300) ?? ''
}

function complain(what, why) {
  say(`the Docker engine does not start by ${what}: ${why}`)
  return false
}
