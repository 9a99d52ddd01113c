// The health check, as the image's mc-health: a server-list ping of the game in this container.
import { connect } from 'node:net'

const socket = connect({ port: 25565, host: '127.0.0.1' })
const timer = setTimeout(() => process.exit(1), 3000)
socket.on('error', () => process.exit(1))
socket.on('close', () => process.exit(1))
// Handshake (protocol -1, no host name, next state 1), then the status request.
socket.write(Buffer.from([0x0a, 0x00, 0xff, 0xff, 0xff, 0xff, 0x0f, 0x00, 0x63, 0xdd, 0x01, 0x01, 0x00]))
let text = ''
socket.on('data', (data) => {
  text += data.toString('latin1')
  if (!text.includes('"version"')) return
  clearTimeout(timer)
  process.exit(0)
})
