import { describe, expect, it, vi } from 'vitest'
import type { EngineClient, EngineRequest } from '../../../src/main/engine/client.ts'
import { createContainerList } from '../../../src/main/engine/container-list.ts'
import { splitLog } from '../../../src/main/engine/container-logs.ts'
import { bindingsOf, hostPortsOf } from '../../../src/main/engine/port-bindings.ts'
import type { ContainerSpec } from '../../../src/main/engine/types.ts'

describe('host ports', () => {
  const bindings = {
    '25565/tcp': [{ HostIp: '', HostPort: '25565' }],
    '25565/udp': [{ HostIp: '0.0.0.0', HostPort: '25565' }],
    '80/tcp': [{ HostPort: '8001-8003' }],
    '81/tcp': [{ HostPort: '' }, { HostPort: '0' }],
    '82/tcp': null,
  }
  it('of a stopped container are all that it may take', () => {
    expect(hostPortsOf(bindings, [], false)).toEqual([8001, 8002, 8003, 25565])
  })
  it('of a running one are those that it has', () => {
    expect(hostPortsOf(bindings, [25565, 8002, 32768], true)).toEqual([8002, 25565, 32768])
  })
  it('are none without bindings, or with odd ones', () => {
    expect(hostPortsOf(null, [], false)).toEqual([])
    expect(
      hostPortsOf({ '1/tcp': [{ HostPort: '9-3' }, { HostPort: 'x' }, { HostPort: '99999' }] }, [], false),
    ).toEqual([])
  })
  it('are read back with their address and protocol', () => {
    expect(bindingsOf(bindings)).toEqual([
      { containerPort: 25565, protocol: 'tcp', hostIp: '', hostPort: 25565 },
      { containerPort: 25565, protocol: 'udp', hostIp: '0.0.0.0', hostPort: 25565 },
    ])
  })
})

describe('the list', () => {
  /** An engine of containers, each with one port; counts its inspections. */
  function engine(ports: Map<string, number>) {
    const inspected: string[] = []
    const state = {
      atOnce: 0,
      most: 0,
      vanish: new Set<string>(),
      fail: new Set<string>(),
      hold: new Set<string>(),
    }
    const answer = async (request: EngineRequest): Promise<unknown> => {
      if (request.path === '/containers/json') {
        return [...ports.keys()].map((Id) => ({
          Id,
          Names: [`/other/alias`, `/name-${Id}`],
          Image: 'sha256:aa',
          State: 'exited',
          Labels: null,
          Ports: [],
        }))
      }
      const id = request.path.split('/')[2] as string
      inspected.push(id)
      state.atOnce += 1
      state.most = Math.max(state.most, state.atOnce)
      await new Promise((resolve) => setTimeout(resolve, 2))
      state.atOnce -= 1
      if (state.hold.has(id)) await new Promise(() => {})
      if (state.vanish.has(id))
        throw Object.assign(new Error(`(HTTP code 404) x - No such container: ${id} `), { statusCode: 404 })
      if (state.fail.has(id)) throw Object.assign(new Error('(HTTP code 500) x - odd '), { statusCode: 500 })
      return {
        Id: id,
        Config: { Image: 'game:1' },
        HostConfig: { PortBindings: { '1/tcp': [{ HostPort: String(ports.get(id)) }] } },
      }
    }
    const client = { json: answer } as unknown as EngineClient
    return { ...createContainerList(client), inspected, state }
  }

  it('inspects each container once, eight at a time, and forgets those that are gone', async () => {
    const ports = new Map(Array.from({ length: 40 }, (_, at) => [`c${at}`, 1000 + at]))
    const { list, inspected, state } = engine(ports)
    const [first, second] = await Promise.all([list(), list()])
    expect(first).toEqual(second)
    expect(first[3]).toEqual({
      id: 'c3',
      name: 'name-c3',
      image: 'game:1',
      running: false,
      labels: {},
      hostPorts: [1003],
    })
    await list()
    expect(inspected).toHaveLength(40)
    expect(state.most).toBe(8)
    ports.delete('c3')
    expect(await list()).toHaveLength(39)
    ports.set('c3', 7)
    expect((await list()).find(({ id }) => id === 'c3')?.hostPorts).toEqual([7])
    expect(inspected).toHaveLength(41)
  })

  it('passes over one that vanishes meanwhile, and asks again after a failure', async () => {
    const { list, state } = engine(
      new Map([
        ['a', 1],
        ['b', 2],
      ]),
    )
    state.vanish.add('a')
    expect((await list()).map(({ id }) => id)).toEqual(['b'])
    const failing = engine(new Map([['a', 1]]))
    failing.state.fail.add('a')
    await expect(failing.list()).rejects.toMatchObject({ kind: 'rejected', message: 'odd' })
    failing.state.fail.clear()
    expect(await failing.list()).toHaveLength(1)
  })

  it('does not wait for one that keeps its inspection back, and asks it again', async () => {
    vi.useFakeTimers()
    try {
      const { list, state } = engine(new Map([['busy', 1]]))
      state.hold.add('busy')
      const late = list()
      await vi.advanceTimersByTimeAsync(5_000)
      expect(await late).toMatchObject([{ id: 'busy', image: 'sha256:aa', hostPorts: [] }])
      state.hold.clear()
      const again = list()
      await vi.advanceTimersByTimeAsync(10)
      expect(await again).toMatchObject([{ id: 'busy', image: 'game:1', hostPorts: [1] }])
    } finally {
      vi.useRealTimers()
    }
  })

  it('does not ask about one that was just made', async () => {
    const ports = new Map([['made', 1]])
    const { list, remember, inspected } = engine(ports)
    const port = { containerPort: 1, protocol: 'udp', hostIp: '', hostPort: 9 } as const
    remember('made', { image: 'game:2', ports: [port] } as unknown as ContainerSpec)
    expect(await list()).toMatchObject([{ id: 'made', image: 'game:2', hostPorts: [9] }])
    expect(inspected).toEqual([])
  })
})

describe('a log', () => {
  const frame = (stream: number, text: string | Buffer) => {
    const piece = Buffer.from(text)
    const header = Buffer.alloc(8)
    header.writeUInt8(stream, 0)
    header.writeUInt32BE(piece.length, 4)
    return Buffer.concat([header, piece])
  }
  it('is split into lines, in order, whatever the pieces', () => {
    const euro = Buffer.from('5 €\n')
    const raw = Buffer.concat([
      frame(1, 'one\ntw'),
      frame(2, 'error\r\n'),
      frame(1, 'o\n\n'),
      frame(1, euro.subarray(0, 3)),
      frame(1, euro.subarray(3)),
      frame(2, 'open'),
    ])
    expect(splitLog(raw)).toEqual(['one', 'error', 'two', '', '5 €', 'open'])
  })
  it('of a terminal comes bare', () => {
    expect(splitLog(Buffer.from('{"a":1}\r\nnext line\n'))).toEqual(['{"a":1}', 'next line'])
  })
  it('may be empty, cut off or very long', () => {
    expect(splitLog(Buffer.alloc(0))).toEqual([])
    expect(splitLog(Buffer.concat([frame(1, 'abc\n'), frame(1, 'd').subarray(0, 5)]))).toEqual(['abc'])
    expect(splitLog(frame(1, 'abc\n').subarray(0, 10))).toEqual(['ab'])
    const many = Buffer.concat(Array.from({ length: 50_000 }, (_, at) => frame(1, `${at}\n`)))
    expect(splitLog(many)).toHaveLength(50_000)
  })
  it('is plain text: no colours, no control characters, nothing that turns the text around', () => {
    const escapes =
      '\u001b[31mred\u001b[0m\u001b[2J\u001b]0;title\u0007\n10%\r20%\r\n\u202egpj\0\b.exe\tend\n'
    expect(splitLog(frame(1, escapes))).toEqual(['red', '20%', 'gpj.exe\tend'])
  })
})
