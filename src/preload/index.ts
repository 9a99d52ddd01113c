import { ipcRenderer } from 'electron'

/**
 * Forwards the message ports that the page posts to itself as `lightnode:connect`, and nothing else: the page
 * gets no function of Electron's.
 */
window.addEventListener('message', (event) => {
  if (event.source !== window || event.data !== 'lightnode:connect') return
  const [port] = event.ports
  if (port) ipcRenderer.postMessage('lightnode:port', null, [port])
})
