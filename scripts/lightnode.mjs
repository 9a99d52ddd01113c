#!/usr/bin/env node
import { isBuilt } from './lib/build.mjs'
import { chooseElectron, hasPinnedNode, launch } from './lib/launch.mjs'
import { parseOptions, USAGE } from './lib/options.mjs'
import { Failure, main } from './lib/say.mjs'

/** `npx lightnode`: the application as it was built last; nothing is installed, built or set up. */
async function run() {
  const options = parseOptions(process.argv.slice(2))
  if (options.help) {
    process.stdout.write(`${USAGE.replace('npm start --', 'npx lightnode')}\n`)
    return 0
  }
  if (options.demo) throw new Failure('the demo starts with: npm run demo', 2)
  if (!hasPinnedNode() || !isBuilt()) throw new Failure('not built yet; run npm start once, in the clone')
  return launch(await chooseElectron(options, { fetch: false }), options)
}

await main(run)
