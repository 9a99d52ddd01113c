import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { packageFile, pinnedNode } from './paths.mjs'
import { runStep } from './run.mjs'
import { Failure, say } from './say.mjs'

const DOWNLOAD_LIMIT_MS = 10 * 60_000
const LOCAL = /\b(ENOSPC|EACCES|EPERM|EROFS|EDQUOT|EMFILE|EISDIR|ENOTDIR)\b/
// How @electron/get 5 and Node's fetch word what can go wrong between us and the download host.
const DOWNLOAD =
  /fetch failed|terminated|Response code \d+|Response body is empty|ENOTFOUND|EAI_AGAIN|ECONN\w+|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|UND_ERR_\w+|socket hang up|certificate|proxy|checksum|does not have a published/i

/**
 * The Electron program to run. ELECTRON_OVERRIDE_DIST_PATH names a folder of the user's own; otherwise the
 * electron package's installer fetches its binary, once.
 *
 * @param {{fetch?: boolean}} [options] fetch: false looks only at what is there
 * @returns {Promise<{path: string} | {missing: string}>} missing says in a few words why it can't be had
 * @throws {Failure} when the installer itself is broken, which no browser mode should hide
 */
export async function findElectron({ fetch = true } = {}) {
  const override = process.env.ELECTRON_OVERRIDE_DIST_PATH
  if (override) {
    const path = join(override, installedName() ?? programName())
    if (!existsSync(path))
      throw new Failure(`ELECTRON_OVERRIDE_DIST_PATH names a folder without Electron: ${path}`)
    return { path }
  }
  const installed = installedPath()
  if (installed) return { path: installed }
  if (!fetch) return { missing: "Electron's binary is not installed" }
  return download()
}

async function download() {
  const script = packageFile('electron', 'install.js')
  if (!existsSync(script))
    throw new Failure(`Electron's installer is missing: ${script}; delete node_modules and start again`)
  say('fetching Electron, once (about 120 MB)')
  const show = Boolean(process.stderr.isTTY)
  const result = await runStep(pinnedNode(), [script], {
    timeoutMs: DOWNLOAD_LIMIT_MS,
    show,
    // Node's fetch heeds HTTPS_PROXY only when it is told to.
    env: { ...process.env, NODE_USE_ENV_PROXY: '1' },
  })
  const path = installedPath()
  if (result.code === 0 && path) return { path }
  const cause = judgeInstaller(result)
  if (cause.download) return { missing: `Electron could not be downloaded (${cause.reason})` }
  if (!show) process.stderr.write(result.output)
  throw new Failure(`Electron's installer failed: ${cause.reason}`)
}

/**
 * Tells a failed download from a broken installer by how the installer ended.
 *
 * @param {{code: number, output: string, timedOut: boolean}} result
 * @returns {{download: boolean, reason: string}}
 */
export function judgeInstaller({ code, output, timedOut }) {
  if (timedOut) return { download: true, reason: `no end after ${DOWNLOAD_LIMIT_MS / 60_000} minutes` }
  const said = reasonIn(output) ?? `exit code ${code}`
  const reason = said === 'fetch failed' ? 'its download host does not answer' : said
  // A full disk in the middle of a download is the disk's fault: looked at first.
  if (LOCAL.test(output) || code === 0) return { download: false, reason }
  return { download: DOWNLOAD.test(output), reason }
}

/** The line of a stack that carries the message, without the name of its class. */
function reasonIn(output) {
  const lines = output.split('\n').map((line) => line.trim())
  const line = lines.find((text) => /^(\w*Error\b|Error:)/.test(text)) ?? lines.find(Boolean)
  return line?.replace(/^\w*Error(\s\[\w+\])?:\s*/, '').slice(0, 200)
}

/** The same test as the electron package's own: the version and the program, both as it wrote them last. */
function installedPath() {
  try {
    const { version } = JSON.parse(readFileSync(packageFile('electron', 'package.json'), 'utf8'))
    const fetched = readFileSync(packageFile('electron', 'dist', 'version'), 'utf8')
      .trim()
      .replace(/^v/, '')
    const name = installedName()
    const path = name && packageFile('electron', 'dist', name)
    return fetched === version && path && existsSync(path) ? path : undefined
  } catch {
    return undefined
  }
}

function installedName() {
  try {
    return readFileSync(packageFile('electron', 'path.txt'), 'utf8')
  } catch {
    return undefined
  }
}

function programName(platform = process.platform) {
  if (platform === 'darwin') return 'Electron.app/Contents/MacOS/Electron'
  return platform === 'win32' ? 'electron.exe' : 'electron'
}
