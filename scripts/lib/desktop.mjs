import { execFile } from 'node:child_process'
import { readFileSync, statSync } from 'node:fs'
import { connect } from 'node:net'
import { dirname, isAbsolute, join } from 'node:path'

/**
 * What this machine can tell about showing a window. Handed in, so that tests can be any machine.
 *
 * @typedef {object} Probes
 * @property {string} platform
 * @property {Record<string, string | undefined>} env
 * @property {() => number} uid
 * @property {(file: string) => string | undefined} read
 * @property {(file: string) => {uid: number, mode: number} | undefined} stat
 * @property {(where: object) => Promise<boolean>} reaches whether something listens at a socket or address
 * @property {(command: string, args: string[]) => Promise<{started: boolean, ok: boolean, output: string}>} tries
 */

/** @type {Probes} */
export const machine = {
  platform: process.platform,
  env: process.env,
  uid: () => process.getuid?.() ?? -1,
  read: (file) => {
    try {
      return readFileSync(file, 'utf8').trim()
    } catch {
      return undefined
    }
  },
  stat: (file) => {
    try {
      return statSync(file)
    } catch {
      return undefined
    }
  },
  reaches: (where) =>
    new Promise((done) => {
      const socket = connect(where)
      const end = (answer) => {
        socket.destroy()
        done(answer)
      }
      socket.setTimeout(2000, () => end(false))
      socket.on('connect', () => end(true)).on('error', () => end(false))
    }),
  tries: (command, args) =>
    new Promise((done) => {
      execFile(command, args, { timeout: 5000 }, (error, stdout, stderr) => {
        done({ started: error?.code !== 'ENOENT', ok: !error, output: `${stdout}${stderr}` })
      })
    }),
}

/**
 * Why no window can be shown here, found without Electron; undefined when nothing speaks against one.
 *
 * @param {Probes} probes
 * @returns {Promise<string | undefined>} a few words that finish "no desktop window: …"
 */
export async function whyNoWindow(probes = machine) {
  if (probes.platform !== 'linux') return undefined
  if (probes.uid() === 0) return "the user is root, and Electron's sandbox does not run as root"
  return whyNoDisplay(probes)
}

/** Why this Electron can't run here: its sandbox, or libraries that it needs. */
export async function whyElectronCannotRun(electron, probes = machine) {
  if (probes.platform !== 'linux') return undefined
  return (await whyNoSandbox(electron, probes)) ?? whyNotLoaded(electron, probes)
}

/** Linux: whether a display is named, and whether it answers. */
export async function whyNoDisplay(probes) {
  const { DISPLAY, WAYLAND_DISPLAY, XDG_RUNTIME_DIR } = probes.env
  if (!DISPLAY && !WAYLAND_DISPLAY) return 'there is no display (neither DISPLAY nor WAYLAND_DISPLAY is set)'
  const places = []
  if (DISPLAY) places.push(...x11Sockets(DISPLAY))
  if (WAYLAND_DISPLAY) {
    const path = isAbsolute(WAYLAND_DISPLAY) ? WAYLAND_DISPLAY : join(XDG_RUNTIME_DIR ?? '', WAYLAND_DISPLAY)
    places.push({ path })
  }
  for (const place of places) {
    if (await probes.reaches(place)) return undefined
  }
  return `the display ${DISPLAY || WAYLAND_DISPLAY} does not answer`
}

/** Where the X server of a DISPLAY value listens: X(7), "DISPLAY NAMES". */
function x11Sockets(display) {
  const match = /^(.*):(\d+)(\.\d+)?$/.exec(display)
  if (!match) return [{ path: display }]
  const [, host, number] = match
  if (host.startsWith('/')) return [{ path: `${host}:${number}` }]
  if (host === '' || host === 'unix') return [{ path: `/tmp/.X11-unix/X${number}` }]
  return [{ host: host.replace(/^tcp\//, ''), port: 6000 + Number(number) }]
}

/** Linux: Electron's sandbox needs its setuid helper, or user namespaces that anyone may make. */
async function whyNoSandbox(electron, probes) {
  const helper = probes.stat(join(dirname(electron), 'chrome-sandbox'))
  if (helper && helper.uid === 0 && (helper.mode & 0o4000) !== 0) return undefined
  const off = (name) => `Electron's sandbox can't start (${name} forbids it user namespaces)`
  if (probes.read('/proc/sys/kernel/unprivileged_userns_clone') === '0')
    return off('kernel.unprivileged_userns_clone')
  if (probes.read('/proc/sys/user/max_user_namespaces') === '0') return off('user.max_user_namespaces')
  if (probes.read('/proc/sys/kernel/apparmor_restrict_unprivileged_userns') === '1') {
    return off('kernel.apparmor_restrict_unprivileged_userns')
  }
  const probe = await probes.tries('unshare', ['-Ur', 'true'])
  return probe.started && !probe.ok ? off('this system') : undefined
}

/** Linux: a shared library that Electron needs and this machine has not. */
async function whyNotLoaded(electron, probes) {
  const probe = await probes.tries('ldd', [electron])
  const missing = [...probe.output.matchAll(/(\S+) => not found/g)].map((match) => match[1])
  return missing.length > 0
    ? `Electron needs libraries that are not installed (${missing.join(', ')})`
    : undefined
}
