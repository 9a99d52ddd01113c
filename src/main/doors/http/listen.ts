import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { LightNodeError } from '../../../shared/errors.ts'

/** Loopback only: nothing of this door is for another machine. */
const HOST = '127.0.0.1'

/**
 * Listens on the first of these ports that is free, on any when none is.
 *
 * @param exact true: the first port and no other (0 is any)
 * @returns the port
 * @throws LightNodeError PORT_TAKEN when the exact port can't be had
 */
export async function listen(server: Server, ports: number[], exact: boolean): Promise<number> {
  for (const port of exact ? ports.slice(0, 1) : [...ports, 0]) {
    const refusal = await tryPort(server, port)
    if (refusal === null) return (server.address() as AddressInfo).port
    if (exact || port === 0)
      throw new LightNodeError(
        'PORT_TAKEN',
        `LightNode can't listen on ${HOST}:${port} (${refusal.code ?? refusal.message}).`,
        { remedy: 'Choose another port with --port, or any with --port 0.' },
        { cause: refusal },
      )
  }
  throw new Error('no port was given')
}

function tryPort(server: Server, port: number): Promise<NodeJS.ErrnoException | null> {
  return new Promise((resolve) => {
    const onError = (error: Error) => settle(error)
    const onListening = () => settle(null)
    const settle = (outcome: Error | null) => {
      server.off('error', onError).off('listening', onListening)
      resolve(outcome)
    }
    server.once('error', onError).once('listening', onListening).listen(port, HOST)
  })
}
