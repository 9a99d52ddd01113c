import { existsSync } from 'node:fs'
import { type Browser, chromium } from 'playwright-core'

/**
 * The Chromium to drive: the one that `npm test` found (LIGHTNODE_CHROMIUM), otherwise the distribution's, or
 * Playwright's own. Undefined where there is none: the tests that need it are then skipped, and `npm test`
 * says so.
 */
export function chromiumPath(): string | undefined {
  const named = process.env.LIGHTNODE_CHROMIUM
  if (named) return named
  return ['/usr/bin/chromium', chromium.executablePath()].find((path) => existsSync(path))
}

/**
 * Starts it without a window.
 *
 * @throws Error when there is no Chromium
 */
export function launchChromium(): Promise<Browser> {
  const executablePath = chromiumPath()
  if (!executablePath) throw new Error('There is no Chromium on this machine.')
  return chromium.launch({ executablePath })
}
