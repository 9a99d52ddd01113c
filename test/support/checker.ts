import { isIP } from 'node:net'
import { RCON, status } from 'minecraft-server-util'

// The independent client: another implementation of the protocols than the product's and the game image's.

/** "203.0.113.7:25571", "[2001:db8::7]:25571" or "play.example.org:25571", as the window shows it. */
export function parseAddress(text: string): { host: string; port: number } {
  const match = /^(?:\[([0-9a-fA-F:.]+)\]|([^\s:[\]]+)):(\d{1,5})$/.exec(text.trim())
  const host = match?.[1] ?? match?.[2]
  const port = Number(match?.[3])
  const wrong = !host || port < 1 || port > 65535 || (match?.[1] !== undefined && isIP(match[1]) !== 6)
  if (wrong) throw new Error(`"${text}" is not an address that a player could type`)
  return { host, port }
}

/** What a player sees of the server at the address that was shown; a loopback address is refused. */
export async function checkPing(
  address: string,
): Promise<{ versionName: string; protocol: number; motd: string; online: number; max: number }> {
  const { host, port } = parseAddress(address)
  if (/^(127\.|::1$|localhost$)/.test(host)) throw new Error(`No other player could reach ${address}`)
  const answer = await status(host, port, { timeout: 5000, enableSRV: false })
  return {
    versionName: answer.version.name,
    protocol: answer.version.protocol,
    motd: answer.motd.clean,
    online: answer.players.online,
    max: answer.players.max,
  }
}

/**
 * Logs in to RCON and runs one command.
 * @returns the first part of its answer: this client does not join split ones
 */
export async function checkRcon(
  host: string,
  port: number,
  password: string,
  command: string,
): Promise<string> {
  const rcon = new RCON()
  rcon.on('error', () => {})
  try {
    await rcon.connect(host, port, { timeout: 5000 })
    await rcon.login(password, { timeout: 5000 })
    return await within(5000, rcon.execute(command))
  } finally {
    rcon.close()
  }
}

async function within<T>(milliseconds: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer in ${milliseconds} ms`)), milliseconds)
  })
  return Promise.race([work, limit]).finally(() => clearTimeout(timer))
}
