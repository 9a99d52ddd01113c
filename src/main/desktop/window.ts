import { join } from 'node:path'
import { BrowserWindow, ipcMain, nativeTheme, screen } from 'electron'
import type { WindowDoor } from '../doors/window-door.ts'
import type { Logger } from '../observe/logger.ts'
import { readBounds, SMALLEST, saveBounds } from './window-bounds.ts'

export interface WindowOptions {
  dataDir: string
  /** What the window loads. */
  url: string
  isOwnPage: (url: string) => boolean
  door: WindowDoor
  logger: Logger
}

/** The one window, opened when it is asked for. */
export interface MainWindow {
  /** Opens it, or brings it to the front. */
  show(): void
}

/** Surfaces of the theme, light and dark: nothing flashes before the page has drawn. */
const background = () => (nativeTheme.shouldUseDarkColors ? '#141517' : '#ffffff')

export function createMainWindow(options: WindowOptions): MainWindow {
  let window: BrowserWindow | null = null
  listenForPorts(() => window, options)

  return {
    show() {
      if (window) return bringToFront(window)
      window = openWindow(options)
      window.on('closed', () => {
        window = null
      })
    },
  }
}

function openWindow({ dataDir, url, logger }: WindowOptions): BrowserWindow {
  const { maximized, ...bounds } = readBounds(
    dataDir,
    screen.getAllDisplays().map((display) => display.workArea),
  )
  const window = new BrowserWindow({
    ...bounds,
    minWidth: SMALLEST.width,
    minHeight: SMALLEST.height,
    title: 'LightNode',
    icon: join(import.meta.dirname, '..', '..', 'resources', 'icon.png'),
    show: false,
    backgroundColor: background(),
    autoHideMenuBar: true,
    webPreferences: {
      preload: join(import.meta.dirname, '..', 'preload', 'index.cjs'),
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webSecurity: true,
      allowRunningInsecureContent: false,
      webviewTag: false,
      spellcheck: false,
      navigateOnDragDrop: false,
    },
  })
  if (maximized) window.maximize()
  window.once('ready-to-show', () => window.show())
  window.on('close', () => saveBounds(dataDir, window))
  reloadOnceOnCrash(window, logger)
  load(window, url, logger)
  return window
}

function load(window: BrowserWindow, url: string, logger: Logger): void {
  window.loadURL(url).catch((error: unknown) => logger.error({ err: error }, 'the page did not load'))
}

function reloadOnceOnCrash(window: BrowserWindow, logger: Logger): void {
  let reloaded = false
  window.webContents.on('render-process-gone', (_event, { reason, exitCode }) => {
    logger.error({ reason, exitCode, reloaded }, 'the page ended')
    if (reason === 'clean-exit' || reloaded || window.isDestroyed()) return
    reloaded = true
    window.webContents.reload()
  })
}

function bringToFront(window: BrowserWindow): void {
  if (window.isMinimized()) window.restore()
  window.show()
  window.focus()
}

/** A port counts only from the main frame of our own window, while that shows our own page. */
function listenForPorts(
  window: () => BrowserWindow | null,
  { isOwnPage, door, logger }: WindowOptions,
): void {
  ipcMain.on('lightnode:port', (event) => {
    const [port] = event.ports
    const frame = event.senderFrame
    const mainFrame = window()?.webContents.mainFrame
    if (frame && mainFrame && frame === mainFrame && isOwnPage(frame.url) && port) return door.connect(port)
    logger.warn({ frame: frame?.url.split(/[?#]/, 1)[0] }, 'a port from elsewhere was refused')
    for (const stranger of event.ports) stranger.close()
  })
}
