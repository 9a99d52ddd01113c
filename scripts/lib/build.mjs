import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { packageFile, pinnedNode, root } from './paths.mjs'
import { runStep } from './run.mjs'
import { Failure, say } from './say.mjs'

const SOURCES = [
  'src',
  'resources',
  'electron.vite.config.ts',
  'package.json',
  'package-lock.json',
  'tsconfig.json',
]
const RESULTS = ['main/index.cjs', 'main/browser.cjs', 'preload/index.cjs', 'renderer/index.html']
const STAMP = join(root, 'out', '.stamp')

/**
 * Builds the application when its sources are not those that the last build was made of.
 *
 * @returns {Promise<boolean>} whether it was built
 * @throws {Failure} when the build fails; its output has been shown by then
 */
export async function ensureBuilt() {
  const sources = hashOfSources(root)
  if (isBuilt() && existsSync(STAMP) && readFileSync(STAMP, 'utf8').trim() === sources) return false
  say('building the application')
  rmSync(STAMP, { force: true })
  const show = Boolean(process.stderr.isTTY)
  const script = packageFile('electron-vite', 'bin', 'electron-vite.js')
  const result = await runStep(pinnedNode(), [script, 'build'], { cwd: root, show })
  if (result.code !== 0) {
    if (!show) process.stderr.write(result.output)
    throw new Failure('the build failed; its own words are above')
  }
  writeFileSync(STAMP, `${sources}\n`)
  return true
}

/** Whether a whole build is there, of whatever sources. */
export function isBuilt() {
  return RESULTS.every((file) => existsSync(join(root, 'out', file)))
}

/** One hash over the names and contents of everything that the build reads. */
export function hashOfSources(base, sources = SOURCES) {
  const hash = createHash('sha256')
  for (const name of sources) addTo(hash, base, name)
  return hash.digest('hex')
}

function addTo(hash, base, name) {
  const path = join(base, name)
  if (!existsSync(path)) return
  let entries
  try {
    entries = readdirSync(path)
  } catch (error) {
    if (error.code !== 'ENOTDIR') throw error
    const content = readFileSync(path)
    hash.update(`${name}\0${content.length}\0`).update(content)
    return
  }
  for (const entry of entries.sort()) addTo(hash, base, `${name}/${entry}`)
}
