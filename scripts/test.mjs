import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ensureBuilt } from './lib/build.mjs'
import { lint, runScript, runTool, typecheck } from './lib/checks.mjs'
import { countReport, summary } from './lib/counts.mjs'
import { ensureInstalled } from './lib/install.mjs'
import { alone } from './lib/lock.mjs'
import { Failure, main, say } from './lib/say.mjs'
import { setUp } from './lib/setup.mjs'
import { findPart, GROUPS, PART_NAMES } from './lib/test-groups.mjs'

const CHECKS = { lint, typecheck, build: () => ensureBuilt().then(() => true) }
const ALL = [...Object.keys(CHECKS), ...Object.keys(GROUPS)]
const USAGE = `Usage: npm test -- [--no-setup] [group ...]; groups: ${ALL.join(', ')}; install: only set up and install`

/** At random instants: some thirty seconds. */
const CRASH_KILLS = 12
/** The same work each time; the instants are never the same. */
const CRASH_SEED = '2026'

const total = { passed: 0, failed: 0, skipped: 0 }
const strict = process.env.CI === 'true' || process.env.CI === '1'

/** `npm test`: from a clean clone to one line that counts. */
async function test() {
  const { names, noSetup, help } = parse(process.argv.slice(2))
  if (help) {
    process.stdout.write(`${USAGE}\n`)
    return 0
  }
  const ready = () => alone(() => prepare(noSetup))
  if (names.includes('install')) return (await ready()) ? 0 : 1
  if (!(await attempt(ready))) {
    total.failed += 1
    return end()
  }
  const chosen = names.length === 0 ? ALL : ALL.filter((name) => names.includes(name))
  for (const name of chosen) {
    title(name)
    if (name in CHECKS) await check(CHECKS[name])
    else await group(name, noSetup)
  }
  return end()
}

async function prepare(noSetup) {
  if (!noSetup) await setUp({ forTests: true })
  await ensureInstalled()
  return true
}

function end() {
  process.stdout.write(`\n${summary(total)}\n`)
  return total.failed === 0 ? 0 : 1
}

function parse(argv) {
  const result = { names: [], noSetup: false, help: false }
  for (const word of argv) {
    if (word === '--no-setup') result.noSetup = true
    else if (word === '--help') result.help = true
    else if (ALL.includes(word) || word === 'install') result.names.push(word)
    else
      throw new Failure(
        `unknown ${word.startsWith('-') ? 'option' : 'group'} ${JSON.stringify(word)}. ${USAGE}`,
        2,
      )
  }
  return result
}

async function check(run) {
  const passed = await attempt(() => alone(run))
  total[passed ? 'passed' : 'failed'] += 1
}

async function group(name, noSetup) {
  if (name === 'e2e' && !(await attempt(() => alone(ensureBuilt).then(() => true)))) {
    total.failed += 1
    return
  }
  const env = {}
  let wrap
  const missing = []
  for (const part of GROUPS[name]) {
    const how = { mayInstall: !noSetup, show: Boolean(process.stderr.isTTY) }
    const found = await partOrFailure(part, how)
    if (found.missing) missing.push(part)
    Object.assign(env, found.env)
    wrap = found.wrap ?? wrap
    if (found.missing) report(name, part, found)
  }
  const nothingLeft =
    missing.includes('engine') || (missing.includes('chromium') && missing.includes('electron'))
  // A test that misses its part skips itself and counts so; a group that is not run counts here.
  if (nothingLeft) {
    if (!strict) total.skipped += 1
    return
  }
  if (name === 'crash') await crash()
  else await runVitest(name, env, wrap)
}

/** A few kills of the core; `npm run test:crash` makes as many as wanted. It prints its own counts. */
async function crash() {
  if (process.platform !== 'linux') {
    if (!strict) total.skipped += 1
    process.stdout.write('SKIPPED crash: its checker reads the sockets and volumes of a Linux machine\n')
    return
  }
  const code = await runScript('test/crash/run.ts', [
    '--mode',
    'random',
    '--kills',
    String(CRASH_KILLS),
    '--seed',
    CRASH_SEED,
  ])
  total[code === 0 ? 'passed' : 'failed'] += 1
}

async function partOrFailure(part, how) {
  try {
    return await findPart(part, how)
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    return { missing: error.message, broken: true }
  }
}

/** What could not be tested and why; in CI, or when a part is broken rather than missing, that is a failure. */
function report(name, part, { missing, broken }) {
  const fails = strict || broken
  if (fails) total.failed += 1
  process.stdout.write(`${fails ? 'MISSING' : 'SKIPPED'} ${name}: ${PART_NAMES[part]}: ${missing}\n`)
}

async function runVitest(name, env, wrap) {
  const folder = mkdtempSync(join(tmpdir(), 'lightnode-test-'))
  const file = join(folder, 'report.json')
  try {
    const args = [
      'run',
      '--project',
      name,
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${file}`,
    ]
    const code = await runTool('vitest', 'vitest.mjs', args, { env, wrap })
    const count = countReport(readReport(file), code)
    for (const key of Object.keys(total)) total[key] += count[key]
    process.stdout.write(`${name}: ${summary(count)}\n`)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function readReport(file) {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return undefined
  }
}

async function attempt(run) {
  try {
    return await run()
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    say(error.message)
    return false
  }
}

function title(name) {
  process.stdout.write(`\n== ${name}\n`)
}

await main(test)
