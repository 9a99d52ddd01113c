import { installPlaywrightChromium, playwrightChromium, systemChromium } from './chromium.mjs'
import { machine, whyElectronCannotRun, whyNoDisplay } from './desktop.mjs'
import { findElectron } from './electron.mjs'
import { findEngine } from './engine.mjs'
import { findOnPath } from './paths.mjs'

/**
 * What the tests learn from `npm test`, by environment variable. A test whose part is missing skips itself:
 * - LIGHTNODE_ENGINE: "1" when a Docker engine answers
 * - LIGHTNODE_REGISTRY: the docker-registry program, for pulls from a registry of our own
 * - LIGHTNODE_CHROMIUM: the Chromium to drive in browser mode
 * - LIGHTNODE_E2E_ELECTRON: the Electron to drive in the desktop window; there is a display for it
 */
export const GROUPS = {
  unit: [],
  integration: ['engine', 'registry'],
  crash: ['engine'],
  e2e: ['engine', 'chromium', 'electron'],
}

/** What a missing part means for what is tested. */
export const PART_NAMES = {
  engine: 'everything on a Docker engine',
  registry: 'image pulls from a local registry',
  chromium: 'browser mode end to end',
  electron: 'the desktop window end to end',
}

/**
 * Looks for one part that tests need.
 *
 * @param {string} part a key of PART_NAMES
 * @param {{mayInstall: boolean, show: boolean}} how mayInstall: fetch Playwright's Chromium where the machine
 *   has only a stub, and Electron's binary
 * @returns {Promise<{env?: Record<string, string>, wrap?: string[], missing?: string}>} env for the tests, and a
 *   command to run them under; or why the part is missing
 */
export async function findPart(part, how) {
  if (part === 'engine') return engine()
  if (part === 'registry') return registry()
  if (part === 'chromium') return chromium(how)
  return electron()
}

async function engine() {
  const found = await findEngine()
  if (found.answers) return { env: { LIGHTNODE_ENGINE: '1' } }
  if (found.denied) return { missing: 'the Docker engine refuses this user' }
  return {
    missing: found.named
      ? `the engine that ${found.named} names does not answer`
      : 'no Docker engine answers',
  }
}

function registry() {
  const path = findOnPath(['docker-registry'])
  return path ? { env: { LIGHTNODE_REGISTRY: path } } : { missing: 'docker-registry is not installed' }
}

async function chromium({ mayInstall, show }) {
  const system = systemChromium()
  const path = system.path ?? (await playwrightChromium())
  if (path) return { env: { LIGHTNODE_CHROMIUM: path } }
  const fetched = mayInstall ? await installPlaywrightChromium(show) : undefined
  if (fetched) return { env: { LIGHTNODE_CHROMIUM: fetched } }
  const stub = system.stub ? ', the one here is a stub that leads to a snap' : ''
  return { missing: `there is no Chromium${stub} (npx playwright-core install chromium fetches one)` }
}

async function electron() {
  const found = await findElectron()
  if (found.missing) return found
  const env = { LIGHTNODE_E2E_ELECTRON: found.path }
  const noDisplay = process.platform === 'linux' ? await whyNoDisplay(machine) : undefined
  // Root's Electron runs without its sandbox, by the tests' own switch.
  const probes = machine.uid() === 0 ? { ...machine, stat: () => ({ uid: 0, mode: 0o4755 }) } : machine
  const broken = await whyElectronCannotRun(found.path, probes)
  if (broken) return { missing: broken }
  if (noDisplay === undefined) return { env }
  const xvfb = findOnPath(['xvfb-run'])
  if (!xvfb || !findOnPath(['Xvfb'])) return { missing: `${noDisplay} and Xvfb is not installed` }
  return { env, wrap: [xvfb, '-a', '-s', '-screen 0 1440x900x24'] }
}
