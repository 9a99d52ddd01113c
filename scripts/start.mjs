import { ensureBuilt } from './lib/build.mjs'
import { runDemo } from './lib/demo.mjs'
import { ensureInstalled } from './lib/install.mjs'
import { chooseElectron, launch } from './lib/launch.mjs'
import { alone } from './lib/lock.mjs'
import { parseOptions, USAGE } from './lib/options.mjs'
import { main } from './lib/say.mjs'
import { setUp } from './lib/setup.mjs'

/** `npm start`: from a clean clone to the running application. */
async function start() {
  const options = parseOptions(process.argv.slice(2))
  if (options.help) {
    process.stdout.write(`${USAGE}\n`)
    return 0
  }
  const electron = await alone(async () => {
    if (!options.noSetup) await setUp({ forTests: false })
    await ensureInstalled()
    await ensureBuilt()
    return chooseElectron(options)
  })
  return options.demo ? runDemo(electron, options) : launch(electron, options)
}

await main(start)
