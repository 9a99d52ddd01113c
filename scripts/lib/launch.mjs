import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { machine, whyElectronCannotRun, whyNoWindow } from './desktop.mjs'
import { findElectron } from './electron.mjs'
import { applicationArguments } from './options.mjs'
import { pinnedNode, root } from './paths.mjs'
import { runApplication } from './run.mjs'
import { say } from './say.mjs'

/**
 * Whether the window can be opened, and with which Electron. Where it can't, one line says why.
 *
 * @param {{browser: boolean}} options
 * @param {{fetch?: boolean}} [how] fetch: false does not download Electron
 * @returns {Promise<string | undefined>} Electron's path; undefined means browser mode
 */
export async function chooseElectron(options, how, probes = machine, find = findElectron) {
  if (options.browser) return undefined
  let reason = await whyNoWindow(probes)
  if (reason === undefined) {
    const electron = await find(how)
    reason = electron.missing ?? (await whyElectronCannotRun(electron.path, probes))
    if (reason === undefined) return electron.path
  }
  say(`no desktop window: ${reason}; going on in browser mode`)
  return undefined
}

/**
 * Runs the built application until it ends.
 *
 * @param {string | undefined} electron the Electron to open the window with; undefined serves a browser
 * @param {object} options what parseOptions gave
 * @returns {Promise<number>} the application's exit code
 */
export function launch(electron, options) {
  const env = { ...process.env }
  // Set in the terminals of editors that are made of Electron; ours would then be a plain Node, or unsandboxed.
  delete env.ELECTRON_RUN_AS_NODE
  delete env.ELECTRON_DISABLE_SANDBOX
  const args = applicationArguments(options)
  if (electron === undefined) {
    return runApplication(pinnedNode(), [join(root, 'out', 'main', 'browser.cjs'), ...args], { env })
  }
  // Older Electrons look for X11 alone unless they are told.
  const platform = !env.DISPLAY && env.WAYLAND_DISPLAY ? ['--ozone-platform-hint=auto'] : []
  return runApplication(electron, [...platform, root, ...args], { env })
}

/** Whether the Node that everything runs on is there. */
export function hasPinnedNode() {
  return existsSync(pinnedNode())
}
