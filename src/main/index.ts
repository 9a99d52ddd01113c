import { join } from 'node:path'
import { app, clipboard, dialog, safeStorage, session } from 'electron'
import { runBrowserMode } from './browser-mode.ts'
import { prepareDataDir } from './data-dir.ts'
import { createSecretClipboard } from './desktop/clipboard.ts'
import { createKeyring } from './desktop/keyring.ts'
import { lockDown } from './desktop/lockdown.ts'
import { setMenu } from './desktop/menu.ts'
import { isPageUrl, PAGE_URL, registerPageScheme, servePage } from './desktop/page-protocol.ts'
import { createSaveFile } from './desktop/save-file.ts'
import { createMainWindow, type MainWindow } from './desktop/window.ts'
import { loadRendererFiles } from './doors/renderer-files.ts'
import { openWindowDoor } from './doors/window-door.ts'
import type { Options } from './options.ts'
import { announce, describeError, printError, readOptions, start } from './start.ts'

/** The desktop entry. */
const options = readOptions(process.argv.slice(1), 'ignore')
if (typeof options === 'number') app.exit(options)
else run(options)

function run(options: Options): void {
  try {
    const dataDir = prepareDataDir(options)
    // Chromium's own files live inside the data folder, too.
    app.setPath('userData', join(dataDir, 'electron'))
    if (options.browser) void runBrowserMode({ ...options, dataDir }, (code) => app.exit(code))
    else runDesktop(options, dataDir)
  } catch (error) {
    fail(options, error)
  }
}

function runDesktop(options: Options, dataDir: string): void {
  process.stdout.on('error', () => {})
  registerPageScheme()
  app
    .whenReady()
    .then(() => open(options, dataDir))
    .catch((error: unknown) => fail(options, error))
}

/** Whoever asked for JSON or a browser reads standard error; a person who started an icon doesn't. */
function fail(options: Options, error: unknown): void {
  printError(error)
  if (options.json || options.browser) {
    app.exit(1)
    return
  }
  void app.whenReady().then(() => {
    dialog.showErrorBox('LightNode can’t start', describeError(error))
    app.exit(1)
  })
}

async function open(options: Options, dataDir: string): Promise<void> {
  const secretClipboard = createSecretClipboard(clipboard)
  // Vite's own server, while developing; it needs inline scripts, so its pages come without our policy.
  const devUrl = import.meta.env.DEV ? process.env.ELECTRON_RENDERER_URL : undefined
  const isOwnPage = (url: string) =>
    isPageUrl(url) || (devUrl !== undefined && new URL(url).origin === new URL(devUrl).origin)
  let window: MainWindow | null = null

  const started = await start(options, {
    mode: 'desktop',
    dataDir,
    keyring: createKeyring(safeStorage, process.platform),
    clipboard: secretClipboard,
    answer: (running) => {
      window?.show()
      return { mode: 'desktop', url: running.http.url }
    },
  })
  if (typeof started === 'number') return app.exit(started)
  const { router, logger, http } = started.app

  lockDown(app, session.defaultSession, isOwnPage)
  servePage(session.defaultSession, loadRendererFiles(join(import.meta.dirname, '..', 'renderer')))
  setMenu(process.platform === 'darwin')
  const door = openWindowDoor({
    ...{ router, clipboard: secretClipboard, logger },
    saveFile: createSaveFile(dialog),
  })
  window = createMainWindow({ dataDir, url: devUrl ?? PAGE_URL, isOwnPage, door, logger })
  window.show()
  app.on('activate', () => window?.show())
  app.on('window-all-closed', () => {
    if (process.platform !== 'darwin') app.quit()
  })
  endCleanly(async () => {
    door.close()
    await Promise.all([secretClipboard.clearNow(), started.close()])
  })
  announce(options, dataDir, { mode: 'desktop', url: http.url, pid: process.pid }, 'now')
}

/** Quitting, by whatever way, waits for the end of everything; a second signal doesn't. */
function endCleanly(close: () => Promise<void>): void {
  let ending = false
  app.on('will-quit', (event) => {
    event.preventDefault()
    if (ending) return
    ending = true
    close().then(
      () => app.exit(0),
      (error: unknown) => {
        printError(error)
        app.exit(1)
      },
    )
  })
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.on(signal, () => (ending ? app.exit(1) : app.quit()))
}
