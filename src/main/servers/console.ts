import type { ServerRow } from '../database/servers.ts'
import { openRcon, RconRefused } from '../game/rcon.ts'
import { GameUnreachable } from '../game/wire.ts'
import type { Secret } from '../secrets/secret.ts'
import type { CredentialStore } from './credentials.ts'
import type { EngineBinding } from './engine-binding.ts'
import { findOwnContainer } from './own-container.ts'

/** Published ports of a local engine answer on loopback. */
const LOCAL = '127.0.0.1'
/** A command that only says something. */
const ANSWER_LIMIT_MS = 10_000

export interface ConsoleDeps {
  binding: EngineBinding
  credentials: CredentialStore
  installationId: string
}

/** The console of a game that runs. */
export interface Console {
  /**
   * Runs one command: over the published RCON port, or through an exec where none is published.
   *
   * @param limitMs milliseconds until it counts as unanswered, for the login and again for the command; 10 s when
   *   left out
   * @returns what the game says to it
   * @throws GameUnreachable, RconRefused; EngineError and LightNodeError ENGINE_* where an exec is needed
   */
  command(server: ServerRow, text: string, limitMs?: number): Promise<string>
}

export function createConsole({ binding, credentials, installationId }: ConsoleDeps): Console {
  async function overPort(server: ServerRow, text: string, limitMs: number): Promise<string> {
    const rcon = await logIn(server, passwordsOf(credentials, server), limitMs)
    try {
      return await rcon.command(text)
    } finally {
      rcon.close()
    }
  }

  /** The image's own rcon-cli reads port and password in the container: none of ours is in the arguments. */
  async function throughExec(server: ServerRow, text: string, limitMs: number): Promise<string> {
    const engine = binding.engine()
    const container = await findOwnContainer(engine, server, installationId)
    if (container?.status !== 'running') throw new GameUnreachable('its container does not run')
    const { exitCode, output } = await engine.exec(container.id, ['rcon-cli', ...text.split(' ')], limitMs)
    // Not its output: what it says of a failed login may hold the password.
    if (exitCode !== 0) throw new GameUnreachable(`rcon-cli ended with exit code ${exitCode}`)
    return output
  }

  return {
    command: (server, text, limitMs = ANSWER_LIMIT_MS) =>
      server.rconVia === 'exec' ? throughExec(server, text, limitMs) : overPort(server, text, limitMs),
  }
}

/** While a rotation waits, what runs may have either. */
function passwordsOf(credentials: CredentialStore, server: ServerRow): Secret[] {
  const next = credentials.rconPassword(server)
  if (server.nextRconPassword === null) return [next]
  return [next, credentials.rconPassword({ ...server, nextRconPassword: null })]
}

async function logIn(server: ServerRow, passwords: readonly Secret[], timeoutMs: number) {
  for (const password of passwords) {
    try {
      return await openRcon({ host: LOCAL, port: server.rconPort, password, timeoutMs })
    } catch (error) {
      if (!(error instanceof RconRefused)) throw error
    }
  }
  throw new RconRefused()
}
