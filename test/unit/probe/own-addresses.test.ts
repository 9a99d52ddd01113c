import type { NetworkInterfaceInfo } from 'node:os'
import { networkInterfaces } from 'node:os'
import { expect, test } from 'vitest'
import { kindByName } from '../../../src/main/provisioning/interface-kind.ts'
import {
  type DefaultRoute,
  ownAddresses,
  parseDefaultInterface,
  rankAddresses,
} from '../../../src/main/provisioning/own-addresses.ts'

const entry = (address: string): NetworkInterfaceInfo => {
  const common = { address, netmask: '', mac: '02:00:00:00:00:01', cidr: null }
  const internal = address === '::1' || address.startsWith('127.')
  return address.includes(':')
    ? { ...common, internal, family: 'IPv6', scopeid: 0 }
    : { ...common, internal, family: 'IPv4' }
}
const table = (interfaces: Record<string, string[]>) =>
  Object.fromEntries(Object.entries(interfaces).map(([name, addresses]) => [name, addresses.map(entry)]))
const byName = (names: string[]) => new Map(names.map((name) => [name, kindByName(name)]))

function ranked(interfaces: Record<string, string[]>, route: Partial<DefaultRoute> = {}) {
  return rankAddresses(
    table(interfaces),
    { ipv4: null, ipv6: null, ...route },
    byName(Object.keys(interfaces)),
  )
}

test('the default route first, IPv4 before IPv6, unique-local last', () => {
  const interfaces = {
    lo: ['127.0.0.1', '::1'],
    eth1: ['10.0.0.5', 'fd12:3456::5', '2001:db8:1::5'],
    eth0: ['fd00::2', '2001:db8::2', '2001:db8::3', 'fe80::1', '192.168.1.9', '192.168.1.5'],
  }
  expect(ranked(interfaces, { ipv4: '192.168.1.5', ipv6: '2001:db8::3' })).toEqual([
    '192.168.1.5',
    '192.168.1.9',
    '10.0.0.5',
    '2001:db8::3',
    '2001:db8::2',
    '2001:db8:1::5',
    'fd00::2',
    'fd12:3456::5',
  ])
})

test('a default route over IPv6 alone still comes first', () => {
  const interfaces = { eth0: ['2001:db8::2'], eth1: ['10.0.0.5'] }
  expect(ranked(interfaces, { ipv6: '2001:db8::2' })).toEqual(['2001:db8::2', '10.0.0.5'])
})

test('no container network, no tunnel, nothing link-local, even on the default route', () => {
  const interfaces = {
    lo: ['127.0.0.1', '::1'],
    docker0: ['172.17.0.1'],
    'br-0a1b2c3d4e5f': ['172.18.0.1', 'fd00:d0c::1'],
    docker_gwbridge: ['172.19.0.1'],
    virbr0: ['192.168.122.1'],
    tun0: ['10.8.0.2'],
    wg0: ['10.9.0.2'],
    tailscale0: ['100.101.102.103'],
    Tailscale: ['100.101.102.104'],
    'vEthernet (WSL)': ['172.29.0.1'],
    'vEthernet (Default Switch)': ['172.28.0.1'],
    eth0: ['169.254.3.4', 'fe80::2', 'febf::2'],
  }
  expect(ranked(interfaces, { ipv4: '10.8.0.2' })).toEqual([])
  expect(ranked({})).toEqual([])
})

test("an administrator's bridge counts where it carries the default route", () => {
  const interfaces = table({ vmbr0: ['192.168.1.5'], vmbr1: ['10.10.0.1'] })
  const kinds = new Map([['vmbr0', 'bridge'] as const, ['vmbr1', 'bridge'] as const])
  expect(rankAddresses(interfaces, { ipv4: '192.168.1.5', ipv6: null }, kinds)).toEqual(['192.168.1.5'])
  expect(kindByName('vEthernet (External Switch)')).toBe('bridge')
})

test('ordinary names stay ordinary', () => {
  const names = ['eth0', 'enp3s0', 'wlan0', 'wlp2s0', 'en0', 'bond0', 'br0', 'Ethernet', 'Wi-Fi', 'bridge0']
  for (const name of names) {
    expect([name, kindByName(name)]).toEqual([name, 'ordinary'])
  }
})

test("Linux's route table: the default route with the least metric", () => {
  const head =
    'Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT                    \n'
  const rows = [
    'docker0\t000011AC\t00000000\t0001\t0\t0\t0\t0000FFFF\t0\t0\t0',
    'wlan0\t00000000\t0101A8C0\t0003\t0\t0\t600\t00000000\t0\t0\t0',
    'eth0\t00000000\t0101A8C0\t0003\t0\t0\t100\t00000000\t0\t0\t0',
  ]
  expect(parseDefaultInterface(head + rows.join('\n'))).toBe('eth0')
  expect(parseDefaultInterface(`${head}${rows[0]}\n`)).toBeNull()
  expect(parseDefaultInterface('')).toBeNull()
})

test("this machine's own: each is its own, none is a loopback or a container bridge", async () => {
  const found = await ownAddresses()
  const interfaces = networkInterfaces()
  const all = Object.values(interfaces).flatMap((entries = []) => entries)
  for (const address of found) {
    expect(all.find((one) => one.address === address)?.internal).toBe(false)
  }
  const bridge = interfaces.docker0?.map(({ address }) => address) ?? []
  expect(found.filter((address) => bridge.includes(address))).toEqual([])
  const cards = Object.entries(interfaces).filter(([name]) => /^(eth|en|wl)/.test(name))
  const usable = cards.flatMap(([, entries = []]) => entries).filter(({ family }) => family === 'IPv4')
  if (usable.length > 0) expect(found.length).toBeGreaterThan(0)
})
