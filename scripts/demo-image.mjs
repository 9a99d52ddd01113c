import { homedir } from 'node:os'
import { findEndpoints } from '../src/main/engine/endpoints.ts'
import { buildGameImage } from '../test/support/game-image/build.ts'
import { ping, placeOf } from './lib/engine.mjs'

// Runs on the pinned Node, which reads TypeScript. The image's reference, or why there is none, is the last
// line on standard output.

/** The engine that the application itself will choose. */
async function chosenEngine() {
  const { env, platform } = process
  for (const found of await findEndpoints({ env, platform, home: homedir(), uid: process.getuid?.() })) {
    // Encrypted: its files are named in the environment, too, where the client finds them.
    if (found.tls) return undefined
    const place = placeOf(found.endpoint)
    if (place && (await ping(place)) === 'answers') return place
  }
  throw new Error('no Docker engine answers')
}

try {
  const engine = await chosenEngine()
  const onLine = (line) => process.stderr.write(`LightNode: ${line}\n`)
  process.stdout.write(`${await buildGameImage({ ...(engine && { engine }), onLine })}\n`)
} catch (error) {
  process.stdout.write(`${String(error?.message ?? error).split('\n')[0]}\n`)
  process.exitCode = 1
}
