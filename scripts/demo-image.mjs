import { buildGameImage } from '../test/support/game-image/build.ts'
import { chosenEngine } from './lib/demo-engine.mjs'

// Runs on the pinned Node, which reads TypeScript. The image's reference, or why there is none, is the last
// line on standard output.
try {
  const engine = await chosenEngine()
  const onLine = (line) => process.stderr.write(`LightNode: ${line}\n`)
  process.stdout.write(`${await buildGameImage({ ...(engine && { engine }), onLine })}\n`)
} catch (error) {
  process.stdout.write(`${String(error?.message ?? error).split('\n')[0]}\n`)
  process.exitCode = 1
}
