/**
 * What a Debian or Ubuntu machine needs, as lists of alternatives: the first one that the machine's
 * release offers is installed, any one that is installed will do.
 */
export const ENGINE_PACKAGES = [['docker.io'], ['iptables'], ['ca-certificates']]

/** Shared libraries that Electron and Chromium load. */
export const ELECTRON_LIBRARIES = [
  ['libgtk-3-0t64', 'libgtk-3-0'],
  ['libnss3'],
  ['libasound2t64', 'libasound2'],
  ['libgbm1'],
  ['libxss1'],
  ['libatk-bridge2.0-0t64', 'libatk-bridge2.0-0'],
  ['libdrm2'],
  ['libxkbcommon0'],
]

/** What the tests need besides: a display, a font to show text in, a registry to pull from. */
export const TEST_PACKAGES = [['xvfb'], ['xauth'], ['fonts-dejavu-core'], ['docker-registry']]

/** Ubuntu's package of this name only brings a snap. */
export const CHROMIUM_PACKAGE = ['chromium']

/**
 * Which lists have none of their alternatives installed.
 *
 * @param {string[][]} wanted
 * @param {string} listing what `dpkg-query -W -f '${Package} ${db:Status-Status}\n'` printed
 */
export function missingFrom(wanted, listing) {
  const installed = new Set()
  for (const line of listing.split('\n')) {
    const [name, status] = line.trim().split(' ')
    if (status === 'installed') installed.add(name)
  }
  return wanted.filter((names) => !names.some((name) => installed.has(name)))
}

/**
 * One package of each list: the first that can be had.
 *
 * @param {string[][]} lists
 * @param {string} policy what `apt-cache policy` printed about all of them
 * @returns {{names: string[], unknown: string[]}} unknown: lists of which this release has nothing
 */
export function choosePackages(lists, policy) {
  const available = new Set()
  let current
  for (const line of policy.split('\n')) {
    const head = /^(\S+):$/.exec(line)
    if (head) current = head[1]
    const candidate = /^\s+Candidate:\s+(\S+)/.exec(line)
    if (candidate && candidate[1] !== '(none)') available.add(current)
  }
  const names = []
  const unknown = []
  for (const list of lists) {
    const found = list.find((name) => available.has(name))
    if (found) names.push(found)
    else unknown.push(list.at(-1))
  }
  return { names, unknown }
}
