import { createSocket } from 'node:dgram'
import { readFile } from 'node:fs/promises'
import { type NetworkInterfaceInfo, networkInterfaces } from 'node:os'
import { type InterfaceKind, interfaceKind } from './interface-kind.ts'

type InterfaceTable = Readonly<Record<string, readonly NetworkInterfaceInfo[] | undefined>>

/** The address that the machine's default route leaves from, per family; null for no such route. */
export interface DefaultRoute {
  ipv4: string | null
  ipv6: string | null
}

interface OwnAddressesDeps {
  interfaces?: () => InterfaceTable
  defaultRoute?: (table: InterfaceTable) => Promise<DefaultRoute>
  kindOf?: (name: string) => Promise<InterfaceKind>
}

/**
 * The addresses of this machine that a player could use, the default route's first. Never loopback, link-local,
 * a container bridge's or a tunnel's.
 * @returns plain addresses, best first; empty when nothing is left
 */
export async function ownAddresses(deps: OwnAddressesDeps = {}): Promise<string[]> {
  const table = (deps.interfaces ?? networkInterfaces)()
  const route = await (deps.defaultRoute ?? findDefaultRoute)(table)
  const kindOf = deps.kindOf ?? interfaceKind
  const kinds = await Promise.all(Object.keys(table).map(async (name) => [name, await kindOf(name)] as const))
  return rankAddresses(table, route, new Map(kinds))
}

/**
 * Sorts what is usable: the default route's own address, then IPv4 before IPv6 with the default route's
 * interface before others, unique-local IPv6 (fc00::/7, RFC 4193) last.
 * @param kinds what each interface is; one that is not named is ordinary
 */
export function rankAddresses(
  table: InterfaceTable,
  route: DefaultRoute,
  kinds: ReadonlyMap<string, InterfaceKind>,
): string[] {
  const first = route.ipv4 ?? route.ipv6
  const ranked: { address: string; rank: number[] }[] = []
  for (const [name, entries = []] of Object.entries(table)) {
    const own = entries.map(({ address }) => address)
    const onRoute = [route.ipv4, route.ipv6].some((address) => address !== null && own.includes(address))
    const kind = kinds.get(name) ?? 'ordinary'
    // An administrator's bridge over the network card carries the default route; a container's never does.
    if (kind === 'virtual' || (kind === 'bridge' && !onRoute)) continue
    for (const { address, internal } of entries) {
      if (internal || !usable(address)) continue
      const version6 = address.includes(':')
      const best = [first, route.ipv6].indexOf(address)
      const rank = [
        Number(uniqueLocal(address)),
        Number(address !== first),
        Number(version6),
        Number(best === -1),
        Number(!onRoute),
      ]
      ranked.push({ address, rank })
    }
  }
  ranked.sort((a, b) => compare(a.rank, b.rank))
  return [...new Set(ranked.map(({ address }) => address))]
}

function compare(a: readonly number[], b: readonly number[]): number {
  const at = a.findIndex((value, index) => value !== b[index])
  return at === -1 ? 0 : (a[at] ?? 0) - (b[at] ?? 0)
}

/** Not loopback, unspecified, link-local (169.254/16, fe80::/10), multicast or Teredo's (2001::/32). */
function usable(address: string): boolean {
  if (address.includes(':')) return !/^(::|::1|fe[89ab][0-9a-f]:.*|ff.*|2001:0{0,4}:.*)$/i.test(address)
  return !/^(0|127|169\.254|22[4-9]|2[3-5]\d)\./.test(address)
}

function uniqueLocal(address: string): boolean {
  return /^f[cd][0-9a-f]{2}:/i.test(address)
}

/** Documentation addresses (RFC 5737, RFC 3849): routed by default like any, and nobody's. */
const nowhere = { ipv4: '203.0.113.1', ipv6: '2001:db8::1' } as const

/** Asks the routing table which of our addresses it would use; falls back on Linux's own table. */
async function findDefaultRoute(table: InterfaceTable): Promise<DefaultRoute> {
  const [ipv4, ipv6] = await Promise.all([sourceAddress('udp4'), sourceAddress('udp6')])
  const known = new Set(Object.values(table).flatMap((entries = []) => entries.map(({ address }) => address)))
  return {
    ipv4: ipv4 && known.has(ipv4) ? ipv4 : await linuxDefault(table),
    ipv6: ipv6 && known.has(ipv6) ? ipv6 : null,
  }
}

/** A UDP socket that is connected has an address chosen by the routing table; nothing is sent. */
function sourceAddress(type: 'udp4' | 'udp6'): Promise<string | null> {
  return new Promise((resolve) => {
    try {
      const socket = createSocket(type)
      const done = (address: string | null) => socket.close(() => resolve(address))
      socket.once('error', () => done(null))
      // Given a callback, connect reports its failure there.
      socket.connect(9, type === 'udp4' ? nowhere.ipv4 : nowhere.ipv6, (error?: Error) => {
        done(error ? null : socket.address().address)
      })
    } catch {
      resolve(null)
    }
  })
}

/** The first IPv4 address of the interface that /proc/net/route gives the default route with the least metric. */
async function linuxDefault(table: InterfaceTable): Promise<string | null> {
  const text = await readFile('/proc/net/route', 'utf8').catch(() => '')
  const name = parseDefaultInterface(text)
  return table[name ?? '']?.find(({ address }) => !address.includes(':'))?.address ?? null
}

/** The text of /proc/net/route: Iface, Destination, Gateway, Flags, RefCnt, Use, Metric, Mask … */
export function parseDefaultInterface(text: string): string | null {
  const routes = text
    .split('\n')
    .slice(1)
    .map((line) => line.split(/\s+/))
  const defaults = routes.filter(
    ([, destination, , , , , , mask]) => destination === '00000000' && mask === '00000000',
  )
  defaults.sort((a, b) => Number(a[6]) - Number(b[6]))
  return defaults[0]?.[0] ?? null
}
