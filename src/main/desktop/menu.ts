import { Menu, type MenuItemConstructorOptions } from 'electron'

/** The standard menu of the platform: its shortcuts for text, windows and quitting work everywhere. */
export function setMenu(isMac: boolean): void {
  const edit: MenuItemConstructorOptions = { role: 'editMenu' }
  const view: MenuItemConstructorOptions = {
    label: 'View',
    submenu: [
      { role: 'reload' },
      { type: 'separator' },
      { role: 'resetZoom' },
      { role: 'zoomIn' },
      { role: 'zoomOut' },
      { type: 'separator' },
      { role: 'togglefullscreen' },
      { role: 'toggleDevTools' },
    ],
  }
  const template: MenuItemConstructorOptions[] = isMac
    ? [{ role: 'appMenu' }, edit, view, { role: 'windowMenu' }]
    : [{ label: 'File', submenu: [{ role: 'quit' }] }, edit, view, { role: 'windowMenu' }]
  Menu.setApplicationMenu(Menu.buildFromTemplate(template))
}
