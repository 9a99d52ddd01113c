import { readFileSync } from 'node:fs'
import { installPackages, missingPackages, packageNames } from './apt.mjs'
import { systemChromium } from './chromium.mjs'
import { findDockerd, startEngine } from './dockerd.mjs'
import { findEngine } from './engine.mjs'
import { CHROMIUM_PACKAGE, ELECTRON_LIBRARIES, ENGINE_PACKAGES, TEST_PACKAGES } from './packages.mjs'
import { findOnPath } from './paths.mjs'
import { say } from './say.mjs'

/**
 * What setting up needs to know and do; handed in, so that tests can be any machine and change none.
 *
 * @typedef {object} SetupParts
 */
const thisMachine = {
  platform: process.platform,
  env: process.env,
  isRoot: process.getuid?.() === 0,
  hasApt: findOnPath(['apt-get']) !== undefined,
  isUbuntu: () => /^ID=ubuntu$/m.test(readOsRelease()),
  findEngine,
  hasDockerd: () => findDockerd() !== undefined,
  hasChromium: () => systemChromium().path !== undefined,
  missingPackages,
  packageNames,
  installPackages,
  startEngine,
  say,
}

/**
 * Readies the machine: as root on Debian and Ubuntu it installs what is missing and starts the engine, after
 * one line that says so. Anyone else is told the one command that installs the rest. Nothing here ends the
 * command: the application itself says that Docker is missing.
 *
 * @param {{forTests: boolean}} purpose
 * @param {SetupParts} machine
 */
export async function setUp({ forTests }, machine = thisMachine) {
  if (machine.platform !== 'linux') return
  const engine = await machine.findEngine()
  // An engine that is named is the user's choice, and one that refuses this user is there already.
  const wantsEngine = !engine.answers && !engine.denied && !engine.named
  if (!machine.hasApt) return hintWithoutApt(wantsEngine, machine)
  const missing = await machine.missingPackages(wanted({ forTests, wantsEngine }, machine))
  if (!machine.isRoot) return hint(missing, wantsEngine, machine)
  if (missing.length > 0) {
    const names = missing.map((list) => list.at(-1)).join(', ')
    machine.say(
      `installing what this machine lacks, by apt-get: ${names} (--no-setup leaves the machine alone)`,
    )
    await machine.installPackages(missing)
  }
  if (wantsEngine && machine.hasDockerd() && !(await machine.findEngine()).answers)
    await machine.startEngine()
}

function wanted({ forTests, wantsEngine }, machine) {
  const lists = []
  if (wantsEngine && !machine.hasDockerd()) lists.push(...ENGINE_PACKAGES)
  // Root gets no window (Electron refuses its sandbox), so its libraries are for the tests alone.
  const window = !machine.isRoot && (machine.env.DISPLAY || machine.env.WAYLAND_DISPLAY)
  if (forTests || window) lists.push(...ELECTRON_LIBRARIES)
  if (!forTests) return lists
  lists.push(...TEST_PACKAGES)
  if (!machine.hasChromium() && !machine.isUbuntu()) lists.push(CHROMIUM_PACKAGE)
  return lists
}

async function hint(missing, wantsEngine, machine) {
  if (missing.length > 0) {
    const { names } = await machine.packageNames(missing)
    const list = (names.length > 0 ? names : missing.map((alternatives) => alternatives.at(-1))).join(' ')
    machine.say(
      `this machine lacks something; one command installs it: sudo apt-get update && sudo apt-get install -y --no-install-recommends ${list}`,
    )
  } else if (wantsEngine) {
    machine.say('no Docker engine answers; start the installed one with: sudo service docker start')
  }
}

function hintWithoutApt(wantsEngine, machine) {
  if (wantsEngine)
    machine.say('no Docker engine answers; https://docs.docker.com/engine/install/ says how to get one')
}

function readOsRelease() {
  try {
    return readFileSync('/etc/os-release', 'utf8')
  } catch {
    return ''
  }
}
