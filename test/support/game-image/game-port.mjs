// The game port: status, ping and login, as a Java Edition server answers them.
import { createServer } from 'node:net'

const maxPacketBytes = 4096

/** @param {{ status: () => object, log: (text: string) => void }} game */
export function createGamePort(game) {
  return createServer((socket) => {
    let pending = Buffer.alloc(0)
    /** @type {'handshake' | 'status' | 'login'} */
    let state = 'handshake'
    socket.setTimeout(30_000, () => socket.destroy())
    socket.on('error', () => {})
    socket.on('data', (data) => {
      pending = Buffer.concat([pending, data])
      try {
        for (let packet = next(); packet; packet = next()) answer(packet)
      } catch {
        socket.destroy()
      }
    })

    function next() {
      const length = varInt(pending, 0)
      if (!length) return null
      if (length.value < 1 || length.value > maxPacketBytes) throw new Error('length')
      if (pending.length < length.end + length.value) return null
      const content = pending.subarray(length.end, length.end + length.value)
      pending = pending.subarray(length.end + length.value)
      const id = varInt(content, 0)
      if (!id) throw new Error('id')
      return { id: id.value, body: content.subarray(id.end) }
    }

    function answer({ id, body }) {
      if (state === 'handshake') {
        state = handshakeState(id, body)
      } else if (state === 'status' && id === 0) {
        socket.write(packet(0, string(JSON.stringify(game.status()))))
      } else if (state === 'status' && id === 1 && body.length === 8) {
        socket.end(packet(1, body))
      } else if (state === 'login' && id === 0) {
        const name = readString(body)
        game.log(`Disconnecting ${name.replace(/[^\w]/g, '')} (${socket.remoteAddress}): no players here`)
        socket.end(packet(0, string(JSON.stringify({ text: 'This is a test server' }))))
      } else {
        throw new Error('unexpected packet')
      }
    }
  })
}

/** Protocol version, host name, port, next state. */
function handshakeState(id, body) {
  const protocol = varInt(body, 0)
  const host = protocol && varInt(body, protocol.end)
  if (id !== 0 || !host || host.value > 255 * 3) throw new Error('handshake')
  const next = varInt(body, host.end + host.value + 2)
  if (next?.value === 1) return 'status'
  // 3 is a transfer from another server: a login, too.
  if (next?.value === 2 || next?.value === 3) return 'login'
  throw new Error('next state')
}

function varInt(bytes, start) {
  let value = 0
  for (let index = 0; index < 5; index += 1) {
    const byte = bytes[start + index]
    if (byte === undefined) return null
    value += (byte % 128) * 128 ** index
    if (byte < 128) return { value: value | 0, end: start + index + 1 }
  }
  throw new Error('VarInt')
}

function readString(body) {
  const length = varInt(body, 0)
  if (!length || length.value > 64) throw new Error('string')
  return body.toString('utf8', length.end, length.end + length.value)
}

function number(value) {
  return value < 128 ? [value] : [(value % 128) + 128, ...number(Math.floor(value / 128))]
}

function string(text) {
  const bytes = Buffer.from(text)
  return Buffer.concat([Buffer.from(number(bytes.length)), bytes])
}

function packet(id, body) {
  const content = Buffer.concat([Buffer.from(number(id)), body])
  return Buffer.concat([Buffer.from(number(content.length)), content])
}
