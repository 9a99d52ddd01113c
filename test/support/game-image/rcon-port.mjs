// The RCON port, with the game's own habits: one request per read of 1460 bytes, or the connection ends;
// answers split after 4096 characters; a refused login answers id -1; unknown types are named.
import { timingSafeEqual } from 'node:crypto'
import { createServer } from 'node:net'

/** @param {{ password: string, run: (command: string) => string, log: (text: string) => void }} game */
export function createRconPort(game) {
  return createServer((socket) => {
    let loggedIn = false
    game.log(`Thread RCON Client /${socket.remoteAddress} started`)
    socket.on('error', () => {})
    socket.on('close', () => game.log(`Thread RCON Client /${socket.remoteAddress} shutting down`))
    socket.on('data', (data) => {
      if (data.length < 14 || data.length > 1460 || data.readInt32LE(0) !== data.length - 4) {
        socket.destroy()
        return
      }
      const id = data.readInt32LE(4)
      const type = data.readInt32LE(8)
      const body = data.toString('utf8', 12, data.length - 2)
      if (type === 3) {
        loggedIn = same(body, game.password)
        socket.write(packet(loggedIn ? id : -1, 2, ''))
      } else if (!loggedIn) {
        socket.write(packet(-1, 2, ''))
      } else if (type === 2) {
        for (const part of parts(game.run(body))) socket.write(packet(id, 0, part))
      } else {
        socket.write(packet(id, 0, `Unknown request ${type.toString(16)}`))
      }
    })
  })
}

function same(given, right) {
  const a = Buffer.from(given)
  const b = Buffer.from(right)
  return a.length > 0 && a.length === b.length && timingSafeEqual(a, b)
}

function parts(text) {
  const list = []
  for (let at = 0; at === 0 || at < text.length; at += 4096) list.push(text.slice(at, at + 4096))
  return list
}

function packet(id, type, text) {
  const body = Buffer.from(text)
  const head = Buffer.alloc(12)
  head.writeInt32LE(body.length + 10, 0)
  head.writeInt32LE(id, 4)
  head.writeInt32LE(type, 8)
  return Buffer.concat([head, body, Buffer.alloc(2)])
}
