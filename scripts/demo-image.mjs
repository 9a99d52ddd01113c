import { buildGameImage } from '../test/support/game-image/build.ts'

// Runs on the pinned Node, which reads TypeScript. The image's reference is the last line on standard output.
try {
  const built = await buildGameImage()
  process.stdout.write(`${typeof built === 'string' ? built : built.reference}\n`)
} catch (error) {
  process.stderr.write(`${String(error?.message ?? error).split('\n')[0]}\n`)
  process.exitCode = 1
}
