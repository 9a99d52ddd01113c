import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { launch } from './launch.mjs'
import { pinnedNode, root } from './paths.mjs'
import { runStep } from './run.mjs'
import { Failure, say } from './say.mjs'

/**
 * The same application with a small game server in place of the real one and a data folder that is thrown
 * away at the end, together with the containers and volumes that its installation made.
 */
export async function runDemo(electron, options) {
  say(
    'demo: the whole way to Online with a small stand-in for the game server; its data folder, containers and volumes go when it ends',
  )
  const image = await buildImage()
  const dataDir = mkdtempSync(join(tmpdir(), 'lightnode-demo-'))
  try {
    return await launch(electron, { ...options, dataDir, image })
  } finally {
    await removeTraces(dataDir)
  }
}

async function buildImage() {
  const { code, lastLine } = await runHelper('demo-image.mjs', [], 10 * 60_000)
  if (code === 0 && lastLine) return lastLine
  throw new Failure(
    `the demo needs its small game image, which could not be built: ${lastLine || `exit code ${code}`}`,
  )
}

async function removeTraces(dataDir) {
  const { code, lastLine } = await runHelper('demo-clean.mjs', [dataDir], 60_000)
  if (code !== 0)
    say(`demo: its containers and volumes could not be removed (${lastLine || `exit code ${code}`})`)
  rmSync(dataDir, { recursive: true, force: true, maxRetries: 5 })
}

/** Runs a script that needs the pinned Node; what it says on standard error is shown. */
async function runHelper(name, args, timeoutMs) {
  const script = join(root, 'scripts', name)
  const result = await runStep(pinnedNode(), [script, ...args], { cwd: root, timeoutMs, show: 'errors' })
  return { code: result.code, lastLine: result.stdout.trim().split('\n').at(-1) }
}
