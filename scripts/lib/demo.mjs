import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { launch } from './launch.mjs'
import { pinnedNode, root } from './paths.mjs'
import { runStep } from './run.mjs'
import { Failure, say } from './say.mjs'

/**
 * The same application with a small game server in place of the real one and a data folder that is thrown
 * away at the end. The application removes its own containers and volumes when it ends as a demo.
 */
export async function runDemo(electron, options) {
  say(
    'demo: the whole way to Online with a small stand-in for the game server; its data folder, containers and volumes go when it ends',
  )
  const image = await buildImage()
  const dataDir = mkdtempSync(join(tmpdir(), 'lightnode-demo-'))
  const remove = () => rmSync(dataDir, { recursive: true, force: true, maxRetries: 5 })
  process.once('exit', remove)
  return launch(electron, { ...options, dataDir, image })
}

async function buildImage() {
  const script = join(root, 'scripts', 'demo-image.mjs')
  const result = await runStep(pinnedNode(), [script], { cwd: root, timeoutMs: 10 * 60_000, show: 'errors' })
  const lastLine = result.stdout.trim().split('\n').at(-1)
  if (result.code === 0 && lastLine) return lastLine
  const reason = lastLine || `exit code ${result.code}`
  throw new Failure(`the demo needs its small game image, which could not be built: ${reason}`)
}
