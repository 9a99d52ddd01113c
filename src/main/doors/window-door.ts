import { RPCHandler } from '@orpc/server/message-port'
import type { Logger } from '../observe/logger.ts'
import type { SecretClipboard } from './clipboard.ts'
import type { DoorContext, Router } from './router.ts'
import { errorInterceptors } from './rpc-errors.ts'

/** One end of a message channel, as Electron's main process gets it (MessagePortMain). */
export interface WindowPort {
  on(event: 'message', listener: (event: { data: unknown }) => void): unknown
  on(event: 'close', listener: () => void): unknown
  postMessage(data: unknown): void
  start(): void
  close(): void
}

export interface WindowDoor {
  /** Serves the contract on this port until the page behind it is gone. */
  connect(port: WindowPort): void
  close(): void
}

/** The desktop window's door: the same router as over HTTP, over a message port. */
export function openWindowDoor(options: {
  router: Router
  clipboard: SecretClipboard | null
  saveFile: DoorContext['saveFile']
  logger: Logger
}): WindowDoor {
  const { router, clipboard, saveFile, logger } = options
  const ports = new Set<WindowPort>()
  const handler = new RPCHandler(router, {
    ...errorInterceptors(logger),
  })

  return {
    connect(port) {
      ports.add(port)
      port.on('close', () => ports.delete(port))
      handler.upgrade(port, { context: { actor: 'desktop', clipboard, saveFile } })
      port.start()
    },
    close() {
      for (const port of ports) port.close()
      ports.clear()
    },
  }
}
