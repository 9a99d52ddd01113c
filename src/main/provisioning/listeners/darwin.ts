import { plainAddress } from './address.ts'
import { runTool } from './run-tool.ts'
import type { Listener, ListenerReader } from './types.ts'

/** The output of `lsof -nP -i… -F pcPnT`: a line per field, its first letter saying which (lsof(8)). */
export function parseLsof(text: string): Listener[] {
  const listeners: Listener[] = []
  let process: { pid: number | null; name: string | null } = { pid: null, name: null }
  let socket: { version: 4 | 6; protocol: Listener['protocol'] | null } = { version: 4, protocol: null }
  for (const line of text.split('\n')) {
    const value = line.slice(1)
    if (line[0] === 'p') process = { pid: Number(value), name: null }
    if (line[0] === 'c') process.name = value
    if (line[0] === 'f') socket = { version: 4, protocol: null }
    if (line[0] === 't') socket.version = value === 'IPv6' ? 6 : 4
    if (line[0] === 'P') socket.protocol = value === 'TCP' ? 'tcp' : value === 'UDP' ? 'udp' : null
    if (line[0] === 'n' && socket.protocol) {
      const local = splitEndpoint(value.split('->')[0] ?? '', ':')
      if (local) {
        const address = plainAddress(local.address, socket.version)
        listeners.push({ protocol: socket.protocol, address, port: local.port, ...process })
      }
    }
  }
  return listeners
}

/**
 * The output of `netstat -an`: every user's sockets, without their owners. The kind of a socket (tcp4, udp6,
 * tcp46 …) comes first, the local address fourth, and address and port are joined by a dot.
 */
export function parseDarwinNetstat(text: string): Listener[] {
  return text.split('\n').flatMap((line): Listener[] => {
    const fields = line.trim().split(/\s+/)
    const kind = /^(tcp|udp)(4|6|46)$/.exec(fields[0] ?? '')
    const local = splitEndpoint(fields[3] ?? '', '.')
    if (!kind || !local || (kind[1] === 'tcp' && fields[5] !== 'LISTEN')) return []
    const address = plainAddress(local.address, kind[2] === '4' ? 4 : 6)
    return [{ protocol: kind[1] === 'tcp' ? 'tcp' : 'udp', address, port: local.port, pid: null, name: null }]
  })
}

/** Null for a socket without a port (`*:*`). */
function splitEndpoint(text: string, separator: string): { address: string; port: number } | null {
  const at = text.lastIndexOf(separator)
  const port = Number(text.slice(at + 1))
  return at > 0 && Number.isInteger(port) && port > 0 ? { address: text.slice(0, at), port } : null
}

const lsof = (...selection: string[]) =>
  runTool('/usr/sbin/lsof', ['-w', '-nP', ...selection, '-F', 'pcftPn'])

export const darwinListeners: ListenerReader = {
  /** lsof knows owners, but only of this user's processes; netstat fills in the others' listeners. */
  async read() {
    const [tcp, udp, all] = await Promise.all([
      // Asked apart: with a TCP state in the same question, lsof leaves UDP out.
      lsof('-iTCP', '-sTCP:LISTEN'),
      lsof('-iUDP'),
      runTool('/usr/sbin/netstat', ['-an']),
    ])
    const owned = [...parseLsof(tcp), ...parseLsof(udp)]
    const known = new Set(owned.map(({ protocol, port }) => `${protocol} ${port}`))
    const others = parseDarwinNetstat(all).filter(({ protocol, port }) => !known.has(`${protocol} ${port}`))
    return [...owned, ...others]
  },

  async resolveOwners(listeners) {
    return [...listeners]
  },
}
