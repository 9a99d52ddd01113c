import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { findNpm, pinnedNode, root } from './paths.mjs'
import { runStep } from './run.mjs'
import { Failure, say } from './say.mjs'

const STAMP = join(root, 'node_modules', '.lightnode-install')
const NPM_CI = [
  'ci',
  // An environment set for production would leave out the very tools that build.
  '--include=dev',
  // Older npms compile packages that bring their binaries along; only the package `node` needs its script.
  '--ignore-scripts',
  '--no-audit',
  '--no-fund',
  '--prefer-offline',
]
const NETWORK =
  /\b(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ERR_SOCKET_TIMEOUT|EPROTO|UNABLE_TO_GET_ISSUER_CERT\w*|SELF_SIGNED_CERT\w*|CERT_\w+|E50\d|E407)\b/

/**
 * Installs what the lock file says, when it is not what stands in node_modules already. The stamp is written
 * last, so that a half-made installation is made again.
 *
 * @returns {Promise<boolean>} whether anything was installed
 * @throws {Failure} with one line that says why it did not work
 */
export async function ensureInstalled() {
  const lock = hashOf(join(root, 'package-lock.json'))
  if (await isInstalled(lock)) return false
  const npm = findNpm()
  if (!npm)
    throw new Failure('npm is missing: it comes with Node.js (on Debian and Ubuntu in the package npm)')
  say('installing what the lock file names (npm ci); the first time takes a minute or two')
  rmSync(STAMP, { force: true })
  if (process.platform === 'win32') moveOwnProgramAway()
  const show = Boolean(process.stderr.isTTY)
  const args = [...npm.args, ...NPM_CI]
  const result = await runStep(npm.command, args, {
    cwd: root,
    shell: npm.shell,
    show,
    env: npmEnvironment(),
  })
  if (result.code !== 0) {
    if (!show) process.stderr.write(result.output)
    throw new Failure(explainNpm(result.output))
  }
  await fetchPinnedNode(npm, show)
  const abi = await pinnedAbi()
  if (!abi) throw new Failure(`npm ci ended well, but the Node it installed does not run: ${pinnedNode()}`)
  writeFileSync(STAMP, stampOf(lock, abi))
  return true
}

/** See as-pinned-node.cjs. NODE_OPTIONS reads a backslash in quotes as an escape. */
function npmEnvironment() {
  const preload = join(root, 'scripts', 'lib', 'as-pinned-node.cjs').replaceAll('\\', '/')
  return { ...process.env, NODE_OPTIONS: `${process.env.NODE_OPTIONS ?? ''} --require "${preload}"`.trim() }
}

async function isInstalled(lock) {
  if (!existsSync(STAMP) || !existsSync(pinnedNode())) return false
  const stamp = readFileSync(STAMP, 'utf8')
  const abi = await pinnedAbi()
  return abi !== undefined && stamp === stampOf(lock, abi)
}

/** The installation's identity: the lock file, the platform, and the ABI of the Node that everything runs on. */
function stampOf(lock, abi) {
  return `${JSON.stringify({ lock, platform: process.platform, arch: process.arch, abi })}\n`
}

/** Asks the pinned Node itself: a folder copied from another system has one that can't answer. */
async function pinnedAbi() {
  const result = await runStep(pinnedNode(), ['-p', 'process.versions.modules'], { timeoutMs: 20_000 })
  return result.code === 0 ? result.stdout.trim() : undefined
}

/** Lets the package `node` fetch its platform's binary and links it, so that npm scripts find it first. */
async function fetchPinnedNode(npm, show) {
  const args = [...npm.args, 'rebuild', 'node', '--ignore-scripts=false', '--no-audit', '--no-fund']
  const result = await runStep(npm.command, args, { cwd: root, shell: npm.shell, show })
  if (result.code === 0 && existsSync(pinnedNode())) return
  if (!show) process.stderr.write(result.output)
  throw new Failure(explainNpm(result.output))
}

/** Windows deletes no program that runs, but lets it be moved: by `npm start` we may run on the pinned Node. */
function moveOwnProgramAway() {
  if (!process.execPath.startsWith(join(root, 'node_modules'))) return
  mkdirSync(join(root, 'out'), { recursive: true })
  renameSync(process.execPath, join(root, 'out', `node-${process.pid}.exe`))
}

/** One line for what npm said. */
export function explainNpm(output) {
  const network = NETWORK.exec(output)
  if (network) {
    return `npm ci could not reach the package registry (${network[1]}); it needs the network the first time`
  }
  if (/\bENOSPC\b/.test(output)) return 'npm ci failed: the disk is full'
  if (/\b(EACCES|EPERM|EROFS)\b/.test(output))
    return 'npm ci failed: this user may not write to the folder node_modules'
  if (/can only install packages when your package\.json|in sync/.test(output)) {
    return 'npm ci failed: package.json and package-lock.json do not belong together; run npm install once'
  }
  return 'npm ci failed; its own words are above'
}

function hashOf(file) {
  return createHash('sha256').update(readFileSync(file)).digest('hex')
}
