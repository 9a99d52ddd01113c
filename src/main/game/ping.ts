import { z } from 'zod'
import { GameUnreachable, openWire, type Wire } from './wire.ts'

export interface PingResult {
  /** As the game says it: "1.21.4", "Paper 1.21.4" … */
  versionName: string
  protocol: number
  players: { online: number; max: number }
  /** Plain text, colour codes taken out. */
  motd: string
}

/**
 * What an answer may take, in bytes: its JSON is at most 32,767 characters of up to 3 bytes each
 * (minecraft.wiki, "Java Edition protocol", String), with two VarInts before it.
 */
const maxAnswerBytes = 3 * 32_767 + 10

const anyProtocol = -1
const statusState = 1
const statusPacket = 0x00
const pingPacket = 0x01

const statusSchema = z.object({
  version: z.object({ name: z.string().max(200), protocol: z.number().int() }),
  players: z.object({ online: z.number().int(), max: z.number().int() }).default({ online: 0, max: 0 }),
  description: z.unknown().optional(),
})

/**
 * Asks a Java Edition server for its status, as the game's server list does: handshake with next state 1,
 * status request, JSON answer, then ping and pong (minecraft.wiki, "Java Edition protocol/Server List Ping").
 * @param timeoutMs for the whole exchange, connecting included
 * @throws GameUnreachable
 */
export async function pingServer(options: {
  host: string
  port: number
  timeoutMs: number
}): Promise<PingResult> {
  const wire = openWire(options.host, options.port)
  try {
    return await wire.within(options.timeoutMs, async () => {
      wire.send(Buffer.concat([handshake(options.host, options.port), packet(statusPacket)]))
      const result = readStatus(await takePacket(wire, statusPacket))
      await playPing(wire)
      return result
    })
  } finally {
    wire.close()
  }
}

async function playPing(wire: Wire): Promise<void> {
  const payload = Buffer.alloc(8)
  payload.writeBigInt64BE(BigInt(Date.now()))
  wire.send(packet(pingPacket, payload))
  const answer = await takePacket(wire, pingPacket)
  if (!answer.equals(payload)) throw new GameUnreachable('its pong is not the answer to our ping')
}

function handshake(host: string, port: number): Buffer {
  const name = Buffer.from(host, 'utf8')
  const portBytes = Buffer.alloc(2)
  portBytes.writeUInt16BE(port)
  return packet(
    0x00,
    Buffer.concat([
      encodeVarInt(anyProtocol),
      encodeVarInt(name.length),
      name,
      portBytes,
      encodeVarInt(statusState),
    ]),
  )
}

/** VarInt length, VarInt id, body. */
function packet(id: number, body: Buffer = Buffer.alloc(0)): Buffer {
  const content = Buffer.concat([encodeVarInt(id), body])
  return Buffer.concat([encodeVarInt(content.length), content])
}

async function takePacket(wire: Wire, expectedId: number): Promise<Buffer> {
  const length = await takeVarInt(wire)
  if (length < 1 || length > maxAnswerBytes)
    throw new GameUnreachable('its answer has a length that can not be')
  const content = await wire.take(length)
  if (content[0] !== expectedId) throw new GameUnreachable('its answer is not the one that was asked for')
  return content.subarray(1)
}

async function takeVarInt(wire: Wire): Promise<number> {
  let value = 0
  for (let position = 0; position < 5; position += 1) {
    const byte = (await wire.take(1))[0] ?? 0
    value |= (byte & 0x7f) << (7 * position)
    if ((byte & 0x80) === 0) return value
  }
  throw new GameUnreachable('its answer begins with a number that never ends')
}

/** 7 bits a byte, least significant first, the top bit set on all but the last byte. */
export function encodeVarInt(value: number): Buffer {
  const bytes: number[] = []
  let rest = value >>> 0
  while (rest > 0x7f) {
    bytes.push((rest & 0x7f) | 0x80)
    rest >>>= 7
  }
  bytes.push(rest)
  return Buffer.from(bytes)
}

function readStatus(body: Buffer): PingResult {
  const parsed = statusSchema.safeParse(parseJson(readString(body)))
  if (!parsed.success) throw new GameUnreachable('its answer is not a server status')
  const { version, players, description } = parsed.data
  return {
    versionName: version.name,
    protocol: version.protocol,
    players: { online: players.online, max: players.max },
    motd: plainText(description).replace(/§./g, ''),
  }
}

function readString(body: Buffer): string {
  let length = 0
  for (let position = 0; position < 5; position += 1) {
    const byte = body[position]
    if (byte === undefined) break
    length |= (byte & 0x7f) << (7 * position)
    if ((byte & 0x80) === 0) {
      const start = position + 1
      if (length !== body.length - start) break
      return body.toString('utf8', start)
    }
  }
  throw new GameUnreachable('its answer holds a text of another length than it says')
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** The text of a chat component: a string, a list, or an object with `text` and `extra`. */
function plainText(component: unknown, depth = 0): string {
  if (depth > 16) return ''
  if (typeof component === 'string') return component
  if (Array.isArray(component)) return component.map((part) => plainText(part, depth + 1)).join('')
  if (typeof component !== 'object' || component === null) return ''
  const own = 'text' in component && typeof component.text === 'string' ? component.text : ''
  return own + ('extra' in component ? plainText(component.extra, depth + 1) : '')
}
