// The image's own rcon-cli: a command to the game of this container, its answer as output. Port and password are
// those that the game was started with; `rcon-cli` on the path loads this file.
import { readFileSync } from 'node:fs'
import { connect } from 'node:net'

const fail = (text) => {
  console.error(text)
  process.exit(1)
}
const packet = (id, type, text) => {
  const body = Buffer.from(text)
  const head = Buffer.alloc(12)
  head.writeInt32LE(body.length + 10, 0)
  head.writeInt32LE(id, 4)
  head.writeInt32LE(type, 8)
  return Buffer.concat([head, body, Buffer.alloc(2)])
}

let password = ''
try {
  password = /^password=(.*)$/m.exec(readFileSync('/data/.rcon-cli.env', 'utf8'))?.[1] ?? ''
} catch (error) {
  fail(`Failed to read the password: ${error.message}`)
}
const socket = connect({ port: 25575, host: '127.0.0.1' }, () => socket.write(packet(1, 3, password)))
socket.setTimeout(10_000, () => fail('Failed to connect to RCON: timeout'))
socket.on('error', (error) => fail(`Failed to connect to RCON: ${error.message}`))
socket.on('close', () => fail('Failed to execute command: the connection was closed'))

let waiting = Buffer.alloc(0)
let answer = ''
let last = false
socket.on('data', (data) => {
  waiting = Buffer.concat([waiting, data])
  while (waiting.length >= 4 && waiting.length >= waiting.readInt32LE(0) + 4) {
    const length = waiting.readInt32LE(0)
    take(waiting.readInt32LE(4), waiting.toString('utf8', 12, length + 2))
    waiting = waiting.subarray(length + 4)
  }
})

function take(id, text) {
  if (id === -1) fail('Failed to authenticate')
  if (id === 1) socket.write(packet(2, 2, process.argv.slice(2).join(' ')))
  if (id === 2) {
    answer += text
    // An answer may come in parts: what follows the last of them is the word to an unknown request.
    if (!last) socket.write(packet(3, 100, ''))
    last = true
  }
  if (id === 3) process.stdout.write(`${answer}\n`, () => process.exit(0))
}
