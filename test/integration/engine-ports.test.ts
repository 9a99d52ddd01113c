import { createServer } from 'node:net'
import { describe, expect, it } from 'vitest'
import { engineUnavailable, stay, useEngine } from './engine-kit.ts'

const unavailable = await engineUnavailable()
if (unavailable !== null) console.warn(`skipped: engine ports (${unavailable})`)

describe.skipIf(unavailable !== null)('ports on a real engine', () => {
  const kit = useEngine()
  const tcp = (hostPort: number, hostIp = '') => ({
    containerPort: 80,
    protocol: 'tcp' as const,
    hostIp,
    hostPort,
  })
  const listed = async (suffix: string) =>
    (await kit.engine.listContainers()).find(({ name }) => name === kit.name(suffix))

  it('lists what stopped and running containers claim, ranges and random ports, too', async () => {
    await kit.create('stopped', stay, [tcp(27011), { ...tcp(27012), protocol: 'udp' }])
    const running = await kit.create('running', stay, [tcp(27013, '127.0.0.1')])
    await kit.engine.startContainer(running)
    const make = async (suffix: string, PortBindings: Record<string, { HostPort: string }[]>) => {
      const container = await kit.docker.createContainer({
        name: kit.name(suffix),
        Image: kit.image,
        Env: [`LNT_COMMAND=${stay}`],
        ExposedPorts: { '80/tcp': {} },
        HostConfig: { PortBindings },
      })
      return container.id
    }
    await make('range', { '80/tcp': [{ HostPort: '27014-27016' }] })
    const random = await make('random', { '80/tcp': [{ HostPort: '' }] })
    await kit.engine.startContainer(random)

    expect(await listed('stopped')).toMatchObject({ running: false, hostPorts: [27011, 27012] })
    expect(await listed('running')).toMatchObject({
      id: running,
      running: true,
      hostPorts: [27013],
      labels: { 'lnt.test': kit.prefix },
    })
    expect(await listed('range')).toMatchObject({ running: false, hostPorts: [27014, 27015, 27016] })
    const { NetworkSettings } = await kit.docker.getContainer(random).inspect()
    const picked = (NetworkSettings.Ports['80/tcp'] ?? []).map(({ HostPort }) => Number(HostPort))
    expect(picked.length).toBeGreaterThan(0)
    expect((await listed('random'))?.hostPorts).toEqual([...new Set(picked)].sort((a, b) => a - b))

    await kit.engine.stopContainer(running, 5)
    expect(await listed('running')).toMatchObject({ running: false, hostPorts: [27013] })
    await kit.engine.removeContainer(running)
    expect(await listed('running')).toBeUndefined()
  })

  it('recognises a port that another container holds', async () => {
    const holder = await kit.create('holder', stay, [tcp(27021)])
    await kit.engine.startContainer(holder)
    const late = await kit.create('late', stay, [tcp(27021)])
    await expect(kit.engine.startContainer(late)).rejects.toMatchObject({ kind: 'port-taken', port: 27021 })
    const state = await kit.state(late)
    expect(state).toMatchObject({ status: 'created' })
    expect(state.error).toMatch(/already allocated|already in use/)
    await kit.engine.stopContainer(holder, 5)
    await kit.engine.startContainer(late)
    expect((await kit.state(late)).status).toBe('running')
  })

  it.each([['0.0.0.0'], ['127.0.0.1'], ['::1']])(
    'recognises a port that a process holds on %s',
    async (host) => {
      const port = host === '0.0.0.0' ? 27031 : host === '::1' ? 27033 : 27032
      const server = createServer()
      await new Promise<void>((resolve) => server.listen({ port, host, ipv6Only: host === '::1' }, resolve))
      try {
        const id = await kit.create(`process-${port}`, stay, [tcp(port)])
        await expect(kit.engine.startContainer(id)).rejects.toMatchObject({ kind: 'port-taken', port })
      } finally {
        await new Promise((resolve) => server.close(resolve))
      }
    },
  )

  it('does not call an address that this machine lacks a taken port', async () => {
    const id = await kit.create('address', stay, [tcp(27041, '192.0.2.1')])
    await expect(kit.engine.startContainer(id)).rejects.toMatchObject({
      kind: 'rejected',
      message: expect.stringContaining('cannot assign requested address'),
    })
  })

  it('lists while containers come and go', async () => {
    const churn = async (n: number) => {
      for (let round = 0; round < 5; round += 1) {
        const id = await kit.create(`churn-${n}-${round}`, stay, [tcp(27050 + n)])
        await kit.engine.removeContainer(id)
      }
    }
    let busy = true
    const churning = Promise.all([churn(1), churn(2), churn(3)]).finally(() => {
      busy = false
    })
    let lists = 0
    while (busy) {
      const found = await kit.engine.listContainers()
      for (const { name, hostPorts } of found.filter(({ name }) => name.startsWith(kit.name('churn')))) {
        expect(hostPorts, name).toHaveLength(1)
      }
      lists += 1
    }
    await churning
    expect(lists).toBeGreaterThan(0)
  })
})
