import { type ChildProcess, spawn } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { bindCheck } from '../../src/main/provisioning/bind-check.ts'
import { createPortProbe } from '../../src/main/provisioning/port-probe.ts'

// Above the pool and below the ephemeral ranges, so that nothing else comes here by chance.
let nextPort = 27100
const cleanup: (() => Promise<unknown> | unknown)[] = []
afterEach(async () => {
  for (const undo of cleanup.splice(0)) await undo()
})

async function freePort(): Promise<number> {
  for (;;) {
    nextPort += 1
    if ((await bindCheck(nextPort)) === null) return nextPort
  }
}

async function listenTcp(port: number, host: string): Promise<void> {
  const server = createServer()
  server.listen({ port, host, ipv6Only: true })
  await once(server, 'listening')
  cleanup.push(() => new Promise((resolve) => server.close(resolve)))
}

async function bindUdp(port: number, address: string): Promise<void> {
  const version6 = address.includes(':')
  const socket = createSocket({ type: version6 ? 'udp6' : 'udp4', ipv6Only: version6 })
  socket.bind({ port, address })
  await once(socket, 'listening')
  cleanup.push(() => new Promise<void>((resolve) => socket.close(resolve)))
}

async function look(port: number) {
  const probe = createPortProbe()
  return probe.check(port, await probe.snapshot([]))
}

const cases = [
  ['tcp', '0.0.0.0'],
  ['tcp', '127.0.0.1'],
  ['tcp', '::1'],
  ['tcp', '::'],
  ['udp', '0.0.0.0'],
  ['udp', '127.0.0.1'],
  ['udp', '::1'],
] as const

test.each(cases)('%s on %s is found with its process, and by a bind alone', async (protocol, address) => {
  const port = await freePort()
  expect(await look(port)).toBeNull()
  await (protocol === 'tcp' ? listenTcp : bindUdp)(port, address)

  const holder = await look(port)
  expect(holder).toEqual({ kind: 'process', name: expect.any(String), pid: process.pid, protocol, address })
  expect(holder).not.toMatchObject({ name: 'MainThread' })

  const blind = createPortProbe({ readListeners: async () => [], resolveOwners: async () => [] })
  const refused = await blind.check(port, await blind.snapshot([]))
  expect(refused).toMatchObject({ kind: 'process', name: null, pid: null, protocol })

  for (const undo of cleanup.splice(0)) await undo()
  expect(await look(port)).toBeNull()
})

test("a child process's listener is named with the child's pid", async () => {
  const port = await freePort()
  const script = `require('net').createServer().listen(${port}, '127.0.0.1', () => console.log('listening'))`
  const child: ChildProcess = spawn(process.execPath, ['-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  cleanup.push(async () => {
    child.kill()
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
  })
  if (child.stdout) await once(child.stdout, 'data')
  expect(await look(port)).toEqual({
    kind: 'process',
    name: process.platform === 'win32' ? 'node' : expect.stringMatching(/^node/),
    pid: child.pid,
    protocol: 'tcp',
    address: '127.0.0.1',
  })
})

test('a check leaves nothing behind, and checks of many ports run side by side', async () => {
  const ports = await Promise.all(Array.from({ length: 50 }, (_, index) => 27300 + index))
  const rounds = [await Promise.all(ports.map(bindCheck)), await Promise.all(ports.map(bindCheck))]
  expect(rounds.flat().filter((refusal) => refusal !== null)).toEqual([])
  for (const port of ports.slice(0, 3)) {
    await listenTcp(port, '0.0.0.0')
    await bindUdp(port, '0.0.0.0')
  }
})
