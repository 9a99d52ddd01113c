import { type App, type Session, shell, type WebContents } from 'electron'
import { mayOpenOutside } from './outside-links.ts'

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
