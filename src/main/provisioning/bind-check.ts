import { createSocket } from 'node:dgram'
import { createServer } from 'node:net'

/** The first bind that the system refused. */
export interface BindRefusal {
  protocol: 'tcp' | 'udp'
  address: string
  /** EADDRINUSE, or EACCES and EPERM where this user may not have the port. */
  code: string
}

/** Both wildcards and both loopbacks: on macOS and Windows a wildcard bind can succeed over a loopback one. */
const addresses = ['0.0.0.0', '127.0.0.1', '::', '::1'] as const
const refusals = new Set(['EADDRINUSE', 'EACCES', 'EPERM'])
/** What a machine without IPv6, or without that address, answers: nothing about the port. */
const absences = new Set(['EADDRNOTAVAIL', 'EAFNOSUPPORT', 'EPROTONOSUPPORT', 'EINVAL'])

/**
 * Asks the system for a port: TCP and UDP on every address above, one at a time, so that no bind of ours is in
 * another's way. Every socket is closed before this resolves. Checks of different ports may run together;
 * two of the same port see each other.
 * @returns the first refusal; null when the port is free
 * @throws the system's error when it has nothing to do with the port (no file descriptors left, say)
 */
export async function bindCheck(port: number): Promise<BindRefusal | null> {
  for (const [protocol, bind] of [['tcp', bindTcp] as const, ['udp', bindUdp] as const]) {
    for (const address of addresses) {
      const code = await bind(port, address).then(
        () => null,
        (error: NodeJS.ErrnoException) => {
          if (error.code && (refusals.has(error.code) || absences.has(error.code))) return error.code
          throw error
        },
      )
      if (code && refusals.has(code)) return { protocol, address, code }
    }
  }
  return null
}

function bindTcp(port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const server = createServer((connection) => connection.destroy())
    server.once('error', reject)
    server.listen({ port, host, exclusive: true, ipv6Only: host.includes(':') }, () => {
      server.close(() => resolve())
    })
  })
}

function bindUdp(port: number, address: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const version6 = address.includes(':')
    const socket = createSocket({ type: version6 ? 'udp6' : 'udp4', ipv6Only: version6 })
    socket.once('error', (error) => socket.close(() => reject(error)))
    socket.bind({ port, address, exclusive: true }, () => socket.close(() => resolve()))
  })
}
