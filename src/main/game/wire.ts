import { connect, type Socket } from 'node:net'

/** The game port or RCON port gave no usable answer. Message and reason never hold a secret. */
export class GameUnreachable extends Error {
  override readonly name = 'GameUnreachable'
  /** @param reason in words: "connection refused", "no answer in 2000 ms" … */
  constructor(
    readonly reason: string,
    options?: ErrorOptions,
  ) {
    super(`The game does not answer: ${reason}.`, options)
  }
}

/** A TCP connection read in exact amounts, however the bytes arrive. */
export interface Wire {
  send(bytes: Buffer): void
  /** The next `length` bytes. One reader at a time. Rejects with GameUnreachable. */
  take(length: number): Promise<Buffer>
  /** Runs one exchange; when it lasts longer than `timeoutMs` the connection is cut and it rejects. */
  within<T>(timeoutMs: number, exchange: () => Promise<T>): Promise<T>
  close(): void
}

/** Opens a connection; nothing is awaited: a refusal shows in the first `take`. */
export function openWire(host: string, port: number): Wire {
  const socket = connect({ host, port })
  let failure: GameUnreachable | null = null
  let wake: () => void = () => {}

  const fail = (error: GameUnreachable): void => {
    failure ??= error
    socket.destroy()
    wake()
  }
  socket.setNoDelay(true)
  socket.on('error', (error: NodeJS.ErrnoException) => fail(new GameUnreachable(inWords(error))))
  socket.on('close', () => fail(new GameUnreachable('the connection was closed before the whole answer')))
  // An end without the rest of an answer never becomes readable again.
  socket.on('end', () => wake())
  socket.on('readable', () => wake())

  return {
    send: (bytes) => {
      if (!failure) socket.write(bytes)
    },
    take: async (length) => {
      if (length === 0) return Buffer.alloc(0)
      for (;;) {
        const bytes = readExactly(socket, length)
        if (bytes) return bytes
        if (failure) throw failure
        if (socket.readableEnded) {
          fail(new GameUnreachable('the connection was closed before the whole answer'))
          continue
        }
        await new Promise<void>((resolve) => {
          wake = resolve
        })
      }
    },
    within: async (timeoutMs, exchange) => {
      const timer = setTimeout(() => fail(new GameUnreachable(`no answer in ${timeoutMs} ms`)), timeoutMs)
      try {
        return await exchange()
      } finally {
        clearTimeout(timer)
      }
    },
    close: () => {
      socket.destroy()
    },
  }
}

function readExactly(socket: Socket, length: number): Buffer | null {
  const bytes: Buffer | null = socket.read(length)
  // At the end of the stream `read` hands out what is left, however short.
  return bytes?.length === length ? bytes : null
}

const errorWords: Record<string, string> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'the connection was reset',
  EPIPE: 'the connection was reset',
  EHOSTUNREACH: 'no route to the host',
  ENETUNREACH: 'no route to the network',
  ENOTFOUND: 'the host name is unknown',
  EAI_AGAIN: 'the host name can not be looked up',
  ETIMEDOUT: 'the connection timed out',
  EADDRNOTAVAIL: 'the address is not available',
}

function inWords(error: NodeJS.ErrnoException): string {
  return errorWords[error.code ?? ''] ?? error.code ?? 'the connection failed'
}
