import { type App, type Session, shell, type WebContents } from 'electron'

/** The only pages that may be opened outside, in the user's own browser: each with its path or below it. */
const outside = [
  'https://aka.ms/MinecraftEULA',
  'https://www.minecraft.net/',
  'https://docs.docker.com/',
  'https://www.docker.com/',
  'https://podman.io/',
  'https://github.com/',
  'https://hub.docker.com/',
  'https://portforward.com/',
]

/** True for an address that may be opened in the user's browser. */
export function mayOpenOutside(address: string): boolean {
  let url: URL
  try {
    url = new URL(address)
  } catch {
    return false
  }
  if (url.protocol !== 'https:' || url.username !== '' || url.password !== '' || url.port !== '') return false
  return outside.some((allowed) => {
    const { origin, pathname } = new URL(allowed)
    return url.origin === origin && (pathname.endsWith('/') || url.pathname === pathname)
  })
}

/**
 * Takes from every page what ours never does: going elsewhere, new windows, web views, permissions, devices
 * and downloads.
 *
 * @param isOwnPage tells our own page's addresses
 */
export function lockDown(app: App, session: Session, isOwnPage: (url: string) => boolean): void {
  app.on('web-contents-created', (_event, contents) => lockContents(contents, isOwnPage))
  session.setPermissionRequestHandler((_contents, _permission, answer) => answer(false))
  session.setPermissionCheckHandler(() => false)
  session.setDevicePermissionHandler(() => false)
  session.on('will-download', (event) => event.preventDefault())
  session.setSpellCheckerEnabled(false)
}

function lockContents(contents: WebContents, isOwnPage: (url: string) => boolean): void {
  // The developer tools are pages of Chromium's own.
  const mayGo = (url: string) => isOwnPage(url) || url.startsWith('devtools:')
  contents.on('will-navigate', (event, url) => {
    if (!mayGo(event.url || url)) event.preventDefault()
  })
  contents.on('will-redirect', (event, url) => {
    if (!mayGo(event.url || url)) event.preventDefault()
  })
  contents.on('will-attach-webview', (event) => event.preventDefault())
  contents.setWindowOpenHandler(({ url }) => {
    if (mayOpenOutside(url)) void shell.openExternal(url)
    return { action: 'deny' }
  })
}
