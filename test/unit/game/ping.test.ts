import type { Socket } from 'node:net'
import { describe, expect, test } from 'vitest'
import { encodeVarInt, pingServer } from '../../../src/main/game/ping.ts'
import { GameUnreachable } from '../../../src/main/game/wire.ts'
import { bytewise, closedPort, serve, splitAt, writeParts } from './tcp-server.ts'

const status = {
  version: { name: 'Paper 1.21.4', protocol: 769 },
  players: { max: 20, online: 3 },
  description: { text: '§aHello ', extra: [{ text: 'wörld', color: 'red' }, '!'] },
}

/** Written by hand, not with the product's own encoder. */
function varInt(value: number): number[] {
  return value < 128 ? [value] : [(value % 128) + 128, ...varInt(Math.floor(value / 128))]
}
const framed = (content: number[]): Buffer => Buffer.from([...varInt(content.length), ...content])
function statusAnswer(json: string): Buffer {
  const text = Buffer.from(json)
  return framed([0x00, ...varInt(text.length), ...text])
}

/** Answers the status request with `answer`, cut up by `cut`, and then every ping with its pong. */
function gameServer(answer: Buffer, cut: (bytes: Buffer) => Buffer[] = (bytes) => [bytes]) {
  const received: Buffer[] = []
  return {
    received,
    onConnection: (socket: Socket) => {
      let answered = false
      socket.on('data', async (data) => {
        received.push(data)
        if (answered) return writeParts(socket, cut(data))
        answered = true
        await writeParts(socket, cut(answer))
      })
    },
  }
}

const ping = (port: number, timeoutMs = 5000) => pingServer({ host: '127.0.0.1', port, timeoutMs })
const reasonOf = async (work: Promise<unknown>): Promise<string> => {
  const error = await work.then(
    () => null,
    (error: unknown) => error,
  )
  expect(error).toBeInstanceOf(GameUnreachable)
  return (error as GameUnreachable).reason
}

describe('pingServer', () => {
  test('reads a status and speaks the protocol to the byte', async () => {
    const game = gameServer(statusAnswer(JSON.stringify(status)))
    const port = await serve(game.onConnection)
    expect(await ping(port)).toEqual({
      versionName: 'Paper 1.21.4',
      protocol: 769,
      players: { online: 3, max: 20 },
      motd: 'Hello wörld!',
    })
    const request = game.received[0] ?? Buffer.alloc(0)
    const host = Buffer.from('127.0.0.1')
    const handshake = [0, 0xff, 0xff, 0xff, 0xff, 0x0f, host.length, ...host, port >> 8, port & 255, 1]
    expect([...request]).toEqual([...framed(handshake), ...framed([0])])
    expect(game.received[1]?.length).toBe(10)
  })

  test('reads an answer split at every byte boundary, and byte by byte', async () => {
    const answer = statusAnswer(JSON.stringify(status))
    const cuts = [
      bytewise,
      ...[...answer.keys()]
        .slice(1)
        .map((at) => (bytes: Buffer) => splitAt(bytes, Math.min(at, bytes.length - 1))),
    ]
    for (const cut of cuts) {
      const port = await serve(gameServer(answer, cut).onConnection)
      expect((await ping(port)).motd).toBe('Hello wörld!')
    }
  })

  test('reads a large answer and text, list and missing descriptions', async () => {
    const favicon = `data:image/png;base64,${'A'.repeat(60_000)}`
    const motdOf = async (description: unknown) => {
      const answer = statusAnswer(JSON.stringify({ ...status, description, favicon }))
      return (await ping(await serve(gameServer(answer).onConnection))).motd
    }
    expect(await motdOf('§lplain')).toBe('plain')
    expect(await motdOf(['a', { text: 'b' }])).toBe('ab')
    expect(await motdOf(undefined)).toBe('')
    expect(await motdOf(42)).toBe('')
  })

  test.each([
    ['another protocol', Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n')],
    ['an SSH banner', Buffer.from('SSH-2.0-OpenSSH_9.2\r\n')],
    ['a number that never ends', Buffer.alloc(64, 0xff)],
    ['a length of nothing', Buffer.from([0])],
    ['too large an answer', Buffer.from([...varInt(1_000_000), 0])],
    ['another packet', framed([0x05, 1, 65])],
    ['no JSON', statusAnswer('nonsense')],
    ['JSON that is no status', statusAnswer('{"version":1}')],
    ['a text longer than its packet', framed([0x00, ...varInt(500), 65, 66])],
    ['an empty packet', framed([0x00])],
  ])('refuses %s', async (_name, answer) => {
    const port = await serve((socket) => {
      socket.on('data', () => socket.end(answer))
    })
    expect(await reasonOf(ping(port))).not.toBe('')
  })

  test('refuses a wrong pong', async () => {
    const game = statusAnswer(JSON.stringify(status))
    const port = await serve((socket) => {
      socket.once('data', () => {
        socket.write(game)
        socket.once('data', () => socket.write(framed([1, 9, 9, 9, 9, 9, 9, 9, 9])))
      })
    })
    expect(await reasonOf(ping(port))).toContain('pong')
  })

  test('says so when nothing listens, when it hangs and when it hangs up', async () => {
    expect(await reasonOf(ping(await closedPort()))).toBe('connection refused')
    const silent = await serve(() => {})
    expect(await reasonOf(ping(silent, 150))).toBe('no answer in 150 ms')
    const half = await serve((socket) => {
      socket.on('data', () => socket.end(statusAnswer(JSON.stringify(status)).subarray(0, 20)))
    })
    expect(await reasonOf(ping(half))).toContain('closed')
    const early = await serve((socket) => socket.end())
    expect(await reasonOf(ping(early))).toMatch(/closed|reset/)
    const noPong = await serve((socket) => {
      socket.once('data', () => socket.end(statusAnswer(JSON.stringify(status))))
    })
    expect(await reasonOf(ping(noPong))).toMatch(/closed|reset/)
  })

  test('the time limit holds for the whole exchange, however busy the server is', async () => {
    const port = await serve((socket) => {
      const drip = setInterval(() => socket.write(Buffer.from([0x80])), 20)
      socket.write(Buffer.from([...varInt(90_000), 0]))
      socket.on('close', () => clearInterval(drip))
    })
    const start = Date.now()
    expect(await reasonOf(ping(port, 300))).toBe('no answer in 300 ms')
    expect(Date.now() - start).toBeLessThan(2000)
  })
})

test('encodeVarInt', () => {
  for (const value of [0, 1, 127, 128, 255, 300, 25565, 2_097_151, 2_147_483_647])
    expect([...encodeVarInt(value)]).toEqual(varInt(value))
  expect([...encodeVarInt(-1)]).toEqual([255, 255, 255, 255, 15])
})
