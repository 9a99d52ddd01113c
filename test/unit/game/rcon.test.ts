import type { Socket } from 'node:net'
import { describe, expect, test } from 'vitest'
import { openRcon, RconRefused, rconLogin } from '../../../src/main/game/rcon.ts'
import { GameUnreachable } from '../../../src/main/game/wire.ts'
import { bytewise, closedPort, serve, splitAt, writeParts } from './tcp-server.ts'

const planted = 'planted-Secret-77'
const password = { reveal: () => planted }
const open = (port: number, timeoutMs = 5000) => openRcon({ host: '127.0.0.1', port, password, timeoutMs })

function packet(id: number, type: number, body: string): Buffer {
  const text = Buffer.from(body)
  const bytes = Buffer.alloc(text.length + 14)
  bytes.writeInt32LE(text.length + 10, 0)
  bytes.writeInt32LE(id, 4)
  bytes.writeInt32LE(type, 8)
  text.copy(bytes, 12)
  return bytes
}

type Request = { id: number; type: number; body: string }

/** As the game: one request per read, a connection with two of them in one read is dropped. */
function rconServer(
  answer: (request: Request) => Buffer,
  cut: (bytes: Buffer) => Buffer[] = (bytes) => [bytes],
): (socket: Socket) => void {
  return (socket) => {
    socket.on('data', (data) => {
      if (data.length < 14 || data.readInt32LE(0) !== data.length - 4) return socket.destroy()
      const body = data.toString('utf8', 12, data.length - 2)
      void writeParts(socket, cut(answer({ id: data.readInt32LE(4), type: data.readInt32LE(8), body })))
    })
  }
}

/** Takes the password and answers commands; splits after 4096 characters; unknown types as the game does. */
function game(run: (command: string) => string, cut?: (bytes: Buffer) => Buffer[]) {
  return rconServer(({ id, type, body }) => {
    if (type === 3) return packet(body === planted ? id : -1, 2, '')
    if (type !== 2) return packet(id, 0, `Unknown request ${type.toString(16)}`)
    const text = run(body)
    const parts: Buffer[] = []
    for (let at = 0; at === 0 || at < text.length; at += 4096)
      parts.push(packet(id, 0, text.slice(at, at + 4096)))
    return Buffer.concat(parts)
  }, cut)
}

async function failureOf(work: Promise<unknown>): Promise<Error> {
  const error: unknown = await work.then(
    () => null,
    (error: unknown) => error,
  )
  if (!(error instanceof Error)) throw new Error('it did not fail')
  expect(`${error.message} ${error.stack} ${JSON.stringify(error)} ${error.cause}`).not.toContain(planted)
  return error
}

describe('openRcon', () => {
  test('logs in and runs commands one after another', async () => {
    const rcon = await open(await serve(game((command) => `ran ${command}`)))
    expect(await rcon.command('list')).toBe('ran list')
    expect(await Promise.all([rcon.command('a'), rcon.command('b'), rcon.command('ü')])).toEqual([
      'ran a',
      'ran b',
      'ran ü',
    ])
    rcon.close()
    expect(await failureOf(rcon.command('list'))).toBeInstanceOf(GameUnreachable)
  })

  test('tells a wrong password from a broken connection', async () => {
    const port = await serve(game(() => ''))
    const wrong = { host: '127.0.0.1', port, password: { reveal: () => 'wrong' }, timeoutMs: 2000 }
    expect(await failureOf(openRcon(wrong))).toBeInstanceOf(RconRefused)
    expect(await failureOf(rconLogin(wrong))).toBeInstanceOf(RconRefused)
    await rconLogin({ host: '127.0.0.1', port, password, timeoutMs: 2000 })
    expect(await failureOf(open(await closedPort()))).toMatchObject({ reason: 'connection refused' })
  })

  test('reads answers split at every byte boundary, and byte by byte', async () => {
    const length = packet(1, 0, 'ran list').length
    const cuts = [
      bytewise,
      ...[...Array(length).keys()].slice(1).map((at) => (bytes: Buffer) => splitAt(bytes, at % bytes.length)),
    ]
    for (const cut of cuts) {
      const rcon = await open(await serve(game((command) => `ran ${command}`, cut)))
      expect(await rcon.command('list')).toBe('ran list')
      rcon.close()
    }
  })

  test.each([0, 1, 4095, 4096, 4097, 8192, 8193, 20_000])(
    'joins an answer of %i characters',
    async (length) => {
      const text = 'x'.repeat(length)
      const rcon = await open(await serve(game((command) => (command === 'help' ? text : 'after'))))
      expect(await rcon.command('help')).toBe(text)
      expect(await rcon.command('list')).toBe('after')
      rcon.close()
    },
  )

  test('joins an answer in other letters, split by characters', async () => {
    const text = 'grüße€'.repeat(1500)
    const rcon = await open(
      await serve(
        game(
          () => text,
          (bytes) => splitAt(bytes, 5000 % bytes.length),
        ),
      ),
    )
    expect(await rcon.command('help')).toBe(text)
    rcon.close()
  })

  test('skips the empty answer that Source servers send before the login answer', async () => {
    const port = await serve(
      rconServer(({ id, type }) =>
        type === 3 ? Buffer.concat([packet(id, 0, ''), packet(id, 2, '')]) : packet(id, 0, 'ok'),
      ),
    )
    const rcon = await open(port)
    expect(await rcon.command('list')).toBe('ok')
    rcon.close()
  })

  test('a login that is taken back shows as refused', async () => {
    const port = await serve(
      rconServer(({ id, type }) => (type === 3 ? packet(id, 2, '') : packet(-1, 2, ''))),
    )
    const rcon = await open(port)
    expect(await failureOf(rcon.command('list'))).toBeInstanceOf(RconRefused)
    rcon.close()
  })

  test.each([
    ['a game port', Buffer.from('SSH-2.0-OpenSSH_9.2\r\n')],
    ['a packet too short', Buffer.from([4, 0, 0, 0, 1, 0, 0, 0])],
    ['a packet too long', Buffer.from([0, 0, 0, 127, 1, 0, 0, 0])],
    ['a packet without its zeros', Buffer.from([10, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 65, 66])],
    ['another request', packet(77, 2, '')],
    ['another type', packet(1, 9, '')],
    ['nothing and hangs up', Buffer.alloc(0)],
  ])('refuses %s at the login', async (_name, answer) => {
    const port = await serve((socket) => {
      socket.on('data', () => socket.end(answer))
    })
    expect(await failureOf(open(port))).toBeInstanceOf(GameUnreachable)
  })

  test('refuses an answer to another request, and one without end', async () => {
    const stray = await open(
      await serve(rconServer(({ id, type }) => packet(type === 3 ? id : id + 9, type === 3 ? 2 : 0, ''))),
    )
    expect(await failureOf(stray.command('list'))).toBeInstanceOf(GameUnreachable)
    stray.close()
    const endless = await open(
      await serve(
        rconServer(({ id, type }) =>
          type === 3 ? packet(id, 2, '') : Buffer.concat(Array(400).fill(packet(2, 0, 'y'.repeat(4096)))),
        ),
      ),
    )
    expect(await failureOf(endless.command('help'))).toMatchObject({ reason: 'its RCON answer is too long' })
    endless.close()
  })

  test('holds its time limit at the login and at each command', async () => {
    expect(await failureOf(open(await serve(() => {}), 150))).toMatchObject({ reason: 'no answer in 150 ms' })
    const quiet = await open(
      await serve((socket) => {
        socket.once('data', (data) => socket.write(packet(data.readInt32LE(4), 2, '')))
      }),
      300,
    )
    expect(await failureOf(quiet.command('list'))).toMatchObject({ reason: 'no answer in 300 ms' })
    quiet.close()
  })

  test('a request that the game could not read is refused here', async () => {
    const rcon = await open(await serve(game((command) => String(command.length))))
    expect(await failureOf(rcon.command('x'.repeat(1447)))).toBeInstanceOf(RangeError)
    expect(await failureOf(rcon.command('a\0b'))).toBeInstanceOf(RangeError)
    expect(await rcon.command('x'.repeat(1446))).toBe('1446')
    rcon.close()
  })
})
