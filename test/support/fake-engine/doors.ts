import type { Socket } from 'node:net'

/** As a game does it: a status whatever is asked, and the ping back. */
export function answerPing(socket: Socket, name: string): void {
  const text = Buffer.from(
    JSON.stringify({ version: { name, protocol: 1 }, players: { max: 1, online: 0 }, description: '' }),
  )
  const content = Buffer.concat([Buffer.from([0]), varInt(text.length), text])
  let answered = false
  socket.on('error', () => {})
  socket.on('data', (data) => {
    socket.write(answered ? data : Buffer.concat([varInt(content.length), content]))
    answered = true
  })
}

function varInt(value: number): Buffer {
  return value < 128
    ? Buffer.from([value])
    : Buffer.concat([Buffer.from([(value & 127) | 128]), varInt(value >> 7)])
}

/** @param run what a command comes to; null for one that is never answered */
export function answerRcon(
  socket: Socket,
  password: () => string,
  run: (command: string) => string | null,
): void {
  let loggedIn = false
  socket.on('error', () => {})
  socket.on('data', (data) => {
    const id = data.readInt32LE(4)
    const text = data.toString('utf8', 12, data.length - 2)
    if (data.readInt32LE(8) === 3) {
      loggedIn = text === password()
      socket.write(rconPacket(loggedIn ? id : -1, 2, ''))
      return
    }
    const answer = loggedIn ? run(text) : null
    if (answer !== null) socket.write(rconPacket(id, 0, answer))
  })
}

function rconPacket(id: number, type: number, text: string): Buffer {
  const body = Buffer.from(text)
  const packet = Buffer.alloc(14 + body.length)
  packet.writeInt32LE(10 + body.length, 0)
  packet.writeInt32LE(id, 4)
  packet.writeInt32LE(type, 8)
  body.copy(packet, 12)
  return packet
}
