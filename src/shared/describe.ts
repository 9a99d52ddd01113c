import type { Port, PortHolder } from './ports.ts'

/** A holder in words: "container web (stopped)", "process nginx, pid 812, on 127.0.0.1". */
export function describeHolder(holder: PortHolder): string {
  switch (holder.kind) {
    case 'container':
      return `container ${holder.name}${holder.running ? '' : ' (stopped)'}`
    case 'process': {
      const name = holder.name ? `process ${holder.name}` : 'a process'
      const pid = holder.pid === null ? '' : `, pid ${holder.pid}`
      const udp = holder.protocol === 'udp' ? ' (UDP)' : ''
      return `${name}${pid}, on ${holder.address}${udp}`
    }
    case 'system':
      return holder.reason
  }
}

/** A port's accessible name: "25566, blocked: process nginx, pid 812, on 127.0.0.1". */
export function describePort(port: Port): string {
  if (port.state === 'reserved') {
    const bin = port.server?.inBin ? ' (in the bin)' : ''
    return `${port.port}, reserved: ${port.server?.name ?? 'a server'}${bin}`
  }
  if (port.state === 'blocked')
    return `${port.port}, blocked: ${port.holder ? describeHolder(port.holder) : 'unknown'}`
  return `${port.port}, free`
}

/** What players type: brackets round an IPv6 address. */
export function formatAddress(ipAddress: string, port: number): string {
  return ipAddress.includes(':') ? `[${ipAddress}]:${port}` : `${ipAddress}:${port}`
}
