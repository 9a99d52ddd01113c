import type { Options } from './options.ts'
import { announce, print, printError, start } from './start.ts'

/**
 * Serves the interface to a browser on this machine until a signal ends it; no Electron in here.
 *
 * @param exit ends the process
 */
export async function runBrowserMode(options: Options, exit: (code: number) => void): Promise<void> {
  // Whoever read the first line and went away doesn't end LightNode.
  process.stdout.on('error', () => {})
  try {
    const started = await start(options, {
      mode: 'browser',
      keyring: null,
      clipboard: null,
      answer: (app) => ({ mode: 'browser', url: app.http.signInUrl() }),
    })
    if (typeof started === 'number') return exit(started)
    endOnSignal(() => started.close(), exit)
    const url = started.app.http.signInUrl()
    announce(options, started.dataDir, { mode: 'browser', url, pid: process.pid }, 'now')
    if (!options.json) print('The link signs you in once and is good for ten minutes. Ctrl-C ends LightNode.')
  } catch (error) {
    printError(error)
    exit(1)
  }
}

/** The first signal ends cleanly, the second at once. */
function endOnSignal(close: () => Promise<void>, exit: (code: number) => void): void {
  let ending = false
  const end = () => {
    if (ending) return exit(1)
    ending = true
    close().then(
      () => exit(0),
      (error: unknown) => {
        printError(error)
        exit(1)
      },
    )
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, end)
}
