import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import http from 'node:http'
import { homedir } from 'node:os'
import { join } from 'node:path'

/**
 * How the commands look for an engine; handed in, so that tests can be any machine.
 *
 * @typedef {object} EngineProbes
 * @property {Record<string, string | undefined>} env
 * @property {string} platform
 * @property {string} home
 * @property {number} [uid]
 * @property {(file: string) => string | undefined} read
 * @property {(where: object) => Promise<'answers' | 'denied' | 'none'>} ping
 */

/** @type {EngineProbes} */
const engineProbes = {
  env: process.env,
  platform: process.platform,
  home: homedir(),
  uid: process.getuid?.(),
  read: (file) => {
    try {
      return readFileSync(file, 'utf8')
    } catch {
      return undefined
    }
  },
  ping,
}

/**
 * Asks for a Docker engine: the one that DOCKER_HOST or a docker context names, otherwise at the usual
 * places. A `docker` command proves nothing, so it is never asked.
 *
 * @param {EngineProbes} probes
 * @returns {Promise<{answers: boolean, denied: boolean, named?: string}>} denied: one is there and refuses this
 *   user; named: what names an engine, so that none of our own is to be installed
 */
export async function findEngine(probes = engineProbes) {
  const named = namedEngine(probes)
  const places = named ? [named.where] : usualPlaces(probes)
  let denied = false
  for (const place of places) {
    const answer = place ? await probes.ping(place) : 'none'
    if (answer === 'answers') return { answers: true, denied: false, ...(named && { named: named.by }) }
    denied ||= answer === 'denied'
  }
  return { answers: false, denied, ...(named && { named: named.by }) }
}

function namedEngine(probes) {
  const host = probes.env.DOCKER_HOST?.trim()
  if (host) return { by: 'DOCKER_HOST', where: placeOf(host) }
  const folder = probes.env.DOCKER_CONFIG || join(probes.home, '.docker')
  const context = probes.env.DOCKER_CONTEXT || parse(probes.read(join(folder, 'config.json')))?.currentContext
  if (!context || context === 'default') return undefined
  const id = createHash('sha256').update(context).digest('hex')
  const meta = parse(probes.read(join(folder, 'contexts', 'meta', id, 'meta.json')))
  return { by: `the docker context ${context}`, where: placeOf(meta?.Endpoints?.docker?.Host) }
}

/** The application's own list (src/main/engine/endpoints.ts), which can't be read before the installation. */
function usualPlaces({ platform, home, env, uid }) {
  if (platform === 'win32') {
    const pipes = ['docker_engine', 'dockerDesktopLinuxEngine', 'podman-machine-default']
    return pipes.map((name) => ({ socketPath: `\\\\.\\pipe\\${name}` }))
  }
  const runtime = env.XDG_RUNTIME_DIR || (platform === 'linux' && uid !== undefined ? `/run/user/${uid}` : '')
  const paths = [
    '/var/run/docker.sock',
    runtime && join(runtime, 'docker.sock'),
    join(home, '.docker/desktop/docker.sock'),
    join(home, '.docker/run/docker.sock'),
    env.COLIMA_HOME && join(env.COLIMA_HOME, 'default/docker.sock'),
    join(home, '.colima/default/docker.sock'),
    join(home, '.config/colima/default/docker.sock'),
    join(home, '.rd/docker.sock'),
    join(home, '.orbstack/run/docker.sock'),
    runtime && join(runtime, 'podman/podman.sock'),
    platform === 'linux' && '/run/podman/podman.sock',
    platform === 'darwin' && env.TMPDIR && join(env.TMPDIR, 'podman/podman-machine-default-api.sock'),
    join(home, '.local/share/containers/podman/machine/podman.sock'),
  ]
  return paths.filter(Boolean).map((socketPath) => ({ socketPath }))
}

/** Where an engine's address leads; undefined for ssh and for what can't be read. */
export function placeOf(host) {
  if (!host) return undefined
  if (host.startsWith('unix://')) return { socketPath: host.slice('unix://'.length) }
  if (host.startsWith('npipe://')) return { socketPath: host.slice('npipe://'.length).replaceAll('/', '\\') }
  const tcp = /^(?:tcp|http):\/\/(\[[^\]]+\]|[^:/]+)(?::(\d+))?/.exec(host)
  return tcp ? { host: tcp[1].replace(/^\[|\]$/g, ''), port: Number(tcp[2] ?? 2375) } : undefined
}

/** GET /_ping, Docker Engine API. */
export function ping(where) {
  return new Promise((done) => {
    const request = http.get({ ...where, path: '/_ping', timeout: 3000 }, (response) => {
      response.resume()
      done(response.statusCode === 200 ? 'answers' : 'none')
    })
    request.on('timeout', () => request.destroy(new Error('timeout')))
    request.on('error', (error) => done(error.code === 'EACCES' ? 'denied' : 'none'))
  })
}

function parse(text) {
  try {
    return text === undefined ? undefined : JSON.parse(text)
  } catch {
    return undefined
  }
}
