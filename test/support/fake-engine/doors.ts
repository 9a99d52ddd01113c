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

export function answerRcon(socket: Socket, password: () => string): void {
  socket.on('error', () => {})
  socket.on('data', (data) => {
    const right = data.toString('utf8', 12, data.length - 2) === password()
    const answer = Buffer.alloc(14)
    answer.writeInt32LE(10, 0)
    answer.writeInt32LE(right ? data.readInt32LE(4) : -1, 4)
    answer.writeInt32LE(2, 8)
    socket.write(answer)
  })
}
