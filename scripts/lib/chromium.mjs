import { existsSync, readFileSync, realpathSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { packageFile, pinnedNode } from './paths.mjs'
import { runStep } from './run.mjs'

const PLACES = {
  linux: [
    '/usr/bin/chromium',
    '/usr/bin/chromium-browser',
    '/usr/bin/google-chrome-stable',
    '/usr/bin/google-chrome',
  ],
  darwin: [
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    '/Applications/Chromium.app/Contents/MacOS/Chromium',
  ],
  win32: [process.env.PROGRAMFILES, process.env['PROGRAMFILES(X86)'], process.env.LOCALAPPDATA]
    .filter(Boolean)
    .map((folder) => join(folder, 'Google', 'Chrome', 'Application', 'chrome.exe')),
}

/**
 * A Chromium that is a program of this machine's own.
 *
 * @returns {{path?: string, stub: boolean}} stub: the distribution's package only leads to a snap
 */
export function systemChromium(places = PLACES[process.platform] ?? []) {
  let stub = false
  for (const path of places) {
    if (!existsSync(path)) continue
    if (isStub(path)) stub = true
    else return { path, stub: false }
  }
  return { stub }
}

/** Ubuntu's chromium-browser is a short script that tells to install the snap, or leads into one. */
function isStub(path) {
  const real = realpathSync(path)
  if (real.startsWith('/snap/') || real.endsWith('/usr/bin/snap')) return true
  if (statSync(real).size > 64 * 1024) return false
  const text = readFileSync(real, 'latin1')
  return text.startsWith('#!') && /\bsnap (install|run)\b|\/snap\/bin\//.test(text)
}

/** Where Playwright keeps its own Chromium, if it has been fetched. Needs the installed packages. */
export async function playwrightChromium() {
  const ask = 'process.stdout.write(require("playwright-core").chromium.executablePath())'
  const result = await runStep(pinnedNode(), ['-e', ask], { cwd: packageFile('playwright-core') })
  const path = result.stdout.trim()
  return result.code === 0 && existsSync(path) ? path : undefined
}

/** Fetches Playwright's own Chromium into the user's cache folder. */
export async function installPlaywrightChromium(show) {
  const cli = packageFile('playwright-core', 'cli.js')
  await runStep(pinnedNode(), [cli, 'install', 'chromium'], { show, timeoutMs: 10 * 60_000 })
  return playwrightChromium()
}
