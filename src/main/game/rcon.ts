import { GameUnreachable, openWire, type Wire } from './wire.ts'

/** The game answers on its RCON port and does not take the password. */
export class RconRefused extends Error {
  override readonly name = 'RconRefused'
  constructor() {
    super('The game does not accept the RCON password.')
  }
}

/** A logged-in RCON connection. */
export interface Rcon {
  /**
   * Runs one console command; concurrent calls wait for each other.
   * @returns the whole answer, split packets joined
   * @throws GameUnreachable, also after `close`
   */
  command(text: string): Promise<string>
  close(): void
}

export interface RconOptions {
  host: string
  port: number
  password: { reveal(): string }
  /** For the login, connecting included, and again for each command. */
  timeoutMs: number
}

// Packet types, and a request id of -1 for a refused login: developer.valvesoftware.com, "Source RCON Protocol".
const loginType = 3
const commandType = 2
const loginAnswerType = 2
const answerType = 0
const refusedId = -1

/** An answer is split after 4096 characters (minecraft.wiki, "RCON"); each is up to 3 bytes of UTF-8. */
const splitAt = 4096
const maxPacketBytes = 10 + 3 * splitAt
const maxAnswerBytes = 1024 * 1024
/** The game reads a request into 1460 bytes: 12 of header, the body, 2 zeros. */
const maxBodyBytes = 1446

/**
 * Connects to the game's RCON port and logs in.
 * @throws RconRefused when the password is wrong, GameUnreachable for everything else
 */
export async function openRcon(options: RconOptions): Promise<Rcon> {
  const wire = openWire(options.host, options.port)
  try {
    await wire.within(options.timeoutMs, () => login(wire, options.password.reveal()))
  } catch (error) {
    wire.close()
    throw error
  }
  return rconOver(wire, options.timeoutMs)
}

/** Logs in, to see whether the password is taken, and closes. Errors as `openRcon`. */
export async function rconLogin(options: RconOptions): Promise<void> {
  const rcon = await openRcon(options)
  rcon.close()
}

function rconOver(wire: Wire, timeoutMs: number): Rcon {
  let lastId = 1
  let last: Promise<unknown> = Promise.resolve()
  const nextId = (): number => {
    lastId = lastId >= 0x7fff_fffe ? 2 : lastId + 1
    return lastId
  }
  return {
    command: (text) => {
      const answer = last.then(() => wire.within(timeoutMs, () => ask(wire, nextId, text)))
      last = answer.catch(() => {})
      return answer
    },
    close: () => wire.close(),
  }
}

async function login(wire: Wire, password: string): Promise<void> {
  const id = 1
  wire.send(encode(id, loginType, password))
  for (;;) {
    const answer = await takePacket(wire)
    // Source servers send an empty answer before the login's own.
    if (answer.type === answerType && answer.id === id) continue
    if (answer.type !== loginAnswerType) throw new GameUnreachable('its answer is not one to an RCON login')
    if (answer.id === refusedId) throw new RconRefused()
    if (answer.id !== id) throw new GameUnreachable('its answer is not one to our RCON login')
    return
  }
}

/**
 * One command. When the first part is full more may follow, and nothing marks the last one: an empty request
 * behind it is answered when all of it is out. Never before the first answer: the game drops a connection on
 * which two requests arrive in one read.
 */
async function ask(wire: Wire, nextId: () => number, text: string): Promise<string> {
  const id = nextId()
  wire.send(encode(id, commandType, text))
  const parts = [await takeAnswer(wire, id)]
  if (lengthOf(parts) >= splitAt) {
    const endId = nextId()
    wire.send(encode(endId, answerType, ''))
    for (;;) {
      const { id: from, body } = await takePacket(wire)
      if (from === endId) break
      if (from !== id) throw new GameUnreachable('its answer belongs to another RCON request')
      parts.push(body)
      if (lengthOf(parts) > maxAnswerBytes) throw new GameUnreachable('its RCON answer is too long')
    }
  }
  return Buffer.concat(parts).toString('utf8')
}

async function takeAnswer(wire: Wire, id: number): Promise<Buffer> {
  const answer = await takePacket(wire)
  if (answer.id === refusedId) throw new RconRefused()
  if (answer.id !== id || answer.type !== answerType)
    throw new GameUnreachable('its answer belongs to another RCON request')
  return answer.body
}

const lengthOf = (parts: Buffer[]): number => parts.reduce((sum, part) => sum + part.length, 0)

/** Little-endian: length of what follows, id, type; then the body and two zeros. */
function encode(id: number, type: number, text: string): Buffer {
  const body = Buffer.from(text, 'utf8')
  if (body.length > maxBodyBytes || body.includes(0))
    throw new RangeError(`An RCON request is at most ${maxBodyBytes} bytes without zeros.`)
  const bytes = Buffer.alloc(14 + body.length)
  bytes.writeInt32LE(10 + body.length, 0)
  bytes.writeInt32LE(id, 4)
  bytes.writeInt32LE(type, 8)
  body.copy(bytes, 12)
  return bytes
}

async function takePacket(wire: Wire): Promise<{ id: number; type: number; body: Buffer }> {
  const length = (await wire.take(4)).readInt32LE()
  if (length < 10 || length > maxPacketBytes) throw new GameUnreachable('its answer is not RCON')
  const content = await wire.take(length)
  if (content[length - 1] !== 0 || content[length - 2] !== 0)
    throw new GameUnreachable('its answer is not RCON')
  return {
    id: content.readInt32LE(0),
    type: content.readInt32LE(4),
    body: content.subarray(8, length - 2),
  }
}
