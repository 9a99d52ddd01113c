import { isIPv6, SocketAddress } from 'node:net'

/**
 * One plain form for every way of writing an address.
 * @param text an address, perhaps in brackets, with a zone, or `*` for every address
 * @param version the address family, which `*` does not tell
 */
export function plainAddress(text: string, version: 4 | 6): string {
  if (text === '*') return version === 4 ? '0.0.0.0' : '::'
  const bare = text.replace(/^\[|\]$/g, '').replace(/%.*$/, '')
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(bare)?.[1]
  if (mapped) return mapped
  return isIPv6(bare) ? new SocketAddress({ address: bare, family: 'ipv6' }).address : bare
}
