import { readFile } from 'node:fs/promises'
import { plainAddress } from './address.ts'
import { findOwners } from './linux-owners.ts'
import type { Listener, ListenerReader } from './types.ts'

/** TCP_LISTEN in the kernel's include/net/tcp_states.h. */
const tcpListen = '0A'

/**
 * The kernel's socket tables: /proc/net/{tcp,tcp6,udp,udp6}, laid out as in proc(5).
 * @returns listening TCP and bound UDP sockets, owners not yet resolved
 */
export function parseProcNet(text: string, protocol: 'tcp' | 'udp', version: 4 | 6): Listener[] {
  const listeners: Listener[] = []
  for (const line of text.split('\n').slice(1)) {
    const fields = line.trim().split(/\s+/)
    const [addressHex, portHex] = (fields[1] ?? '').split(':')
    const inode = Number(fields[9])
    if (!addressHex || !portHex || !Number.isInteger(inode)) continue
    if (protocol === 'tcp' && fields[3] !== tcpListen) continue
    const port = Number.parseInt(portHex, 16)
    const address = version === 4 ? ipv4(addressHex) : ipv6(addressHex)
    if (port > 0) listeners.push({ protocol, address, port, pid: null, name: null, inode })
  }
  return listeners
}

/** The bytes in network order: the kernel prints each 32-bit word in the machine's own (little-endian). */
function networkOrder(hex: string): Buffer {
  return Buffer.from(hex, 'hex').swap32()
}

function ipv4(hex: string): string {
  return [...networkOrder(hex)].join('.')
}

function ipv6(hex: string): string {
  const bytes = networkOrder(hex)
  const mapped = bytes.readBigUInt64BE(0) === 0n && bytes.readUInt32BE(8) === 0xffff
  if (mapped) return [...bytes.subarray(12)].join('.')
  const groups = bytes.toString('hex').match(/.{4}/g) ?? []
  return plainAddress(groups.join(':'), 6)
}

const tables = [
  { file: '/proc/net/tcp', protocol: 'tcp', version: 4 },
  { file: '/proc/net/tcp6', protocol: 'tcp', version: 6 },
  { file: '/proc/net/udp', protocol: 'udp', version: 4 },
  { file: '/proc/net/udp6', protocol: 'udp', version: 6 },
] as const

export const linuxListeners: ListenerReader = {
  async read() {
    const parts = tables.map(async ({ file, protocol, version }) =>
      parseProcNet(await readFile(file, 'utf8').catch(() => ''), protocol, version),
    )
    return (await Promise.all(parts)).flat()
  },

  async resolveOwners(listeners) {
    const wanted = new Set(listeners.flatMap(({ pid, inode }) => (pid === null && inode ? [inode] : [])))
    const owners = await findOwners(wanted)
    return listeners.map((listener) => ({ ...listener, ...owners.get(listener.inode ?? 0) }))
  },
}
