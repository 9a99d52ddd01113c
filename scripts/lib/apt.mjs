import { choosePackages, missingFrom } from './packages.mjs'
import { runStep } from './run.mjs'
import { say } from './say.mjs'

const OPTIONS = [
  '-o',
  'DPkg::Lock::Timeout=120',
  '-o',
  'Acquire::Retries=2',
  '-o',
  'Acquire::http::Timeout=30',
  '-o',
  'Dpkg::Options::=--force-confdef',
  '-o',
  'Dpkg::Options::=--force-confold',
]

// Nothing may ask: neither debconf nor Ubuntu's needrestart.
const ENV = { DEBIAN_FRONTEND: 'noninteractive', NEEDRESTART_SUSPEND: '1', LC_ALL: 'C' }

/** Which of these lists of alternatives are not installed (dpkg's own records). */
export async function missingPackages(wanted, step = runStep) {
  const format = '$' + '{Package} $' + '{db:Status-Status}\\n'
  const result = await step('dpkg-query', ['-W', '-f', format, ...wanted.flat()], { env: environment() })
  return missingFrom(wanted, result.stdout)
}

/** The names to install for these lists on this machine's release, as far as its package lists know. */
export async function packageNames(lists, step = runStep) {
  const result = await step('apt-cache', ['policy', ...lists.flat()], { env: environment() })
  return choosePackages(lists, result.stdout)
}

/**
 * Installs them as root. A failure is one line: the command goes on with what is there.
 *
 * @param {string[][]} lists
 * @returns {Promise<boolean>} whether all of it is there now
 */
export async function installPackages(lists, step = runStep) {
  const show = Boolean(process.stderr.isTTY)
  // One repository that doesn't answer is no reason to stop: what is missing shows below.
  await step('apt-get', [...OPTIONS, 'update'], { env: environment(), show })
  const { names, unknown } = await packageNames(lists, step)
  if (unknown.length > 0)
    say(`apt-get knows no package ${unknown.join(', ')} on this machine; going on without`)
  if (names.length === 0) return false
  const args = [...OPTIONS, 'install', '-y', '--no-install-recommends', ...names]
  const result = await step('apt-get', args, { env: environment(), show })
  if (result.code !== 0)
    say(`apt-get could not install ${names.join(' ')} (${reasonIn(result.output)}); going on without`)
  return result.code === 0 && unknown.length === 0
}

function reasonIn(output) {
  const line = output.split('\n').find((text) => text.startsWith('E: '))
  return line ? line.slice(3).trim() : 'it said no reason'
}

function environment() {
  return { ...process.env, ...ENV }
}
