import { runBrowserMode } from './browser-mode.ts'
import { readOptions } from './start.ts'

/** The entry on plain Node: the same application without a window. */
const options = readOptions(process.argv.slice(2), 'refuse')
if (typeof options === 'number') process.exitCode = options
else void runBrowserMode({ ...options, browser: true }, (code) => process.exit(code))
