import { setTimeout as delay } from 'node:timers/promises'
import type { LightNodeError } from '../../shared/errors.ts'
import type { ServerRow } from '../database/servers.ts'
import type { ContainerState, Engine } from '../engine/types.ts'
import { isEulaRefusal, isRconOff } from '../game/image.ts'
import { type PingResult, pingServer } from '../game/ping.ts'
import { RconRefused, rconLogin } from '../game/rcon.ts'
import type { Secret } from '../secrets/secret.ts'
import { launchError } from './run-log.ts'

/** The first start downloads the server and makes a world: minutes on a slow machine. */
export const VERIFY_LIMIT_MS = 15 * 60_000
const INTERVAL_MS = 1000
const ANSWER_LIMIT_MS = 3000
/** Published ports of a local engine answer on loopback. */
const LOCAL = '127.0.0.1'
const LOG_LINES = 50
/** Exit codes of a command that is not there, or can't be run (the shell's convention, kept by the engine). */
const NOT_RUN = [126, 127]

export interface VerifyOptions {
  engine: Engine
  containerId: string
  server: ServerRow
  password: Secret
  /** Milliseconds from now until NOT_READY. */
  limitMs: number
  signal: AbortSignal
  /** Milliseconds of a clock that never jumps. */
  now(): number
  onWaiting(detail: string): void
}

/**
 * Waits until the game port answers a server-list ping and RCON accepts the password; an adopted game whose RCON is
 * not published is asked inside its container, and one without RCON is only pinged.
 *
 * @throws LightNodeError NOT_READY, or why the container stopped: EULA_REFUSED, OUT_OF_MEMORY, EXITED_EARLY;
 *   EngineError
 */
export async function verify(options: VerifyOptions): Promise<PingResult> {
  const { engine, containerId, server, signal, now } = options
  const deadline = now() + options.limitMs
  let missing = ''
  for (;;) {
    signal.throwIfAborted()
    const state = await engine.inspectContainer(containerId)
    await refuseStopped(engine, state)
    try {
      const ping = await pingServer({ ...reachOf(state, server.port), timeoutMs: ANSWER_LIMIT_MS })
      await askRcon(options, state)
      return ping
    } catch (error) {
      const reason =
        error instanceof RconRefused
          ? 'RCON does not accept the password yet'
          : 'Waiting for the game to answer'
      if (reason !== missing) options.onWaiting(reason)
      missing = reason
    }
    if (now() >= deadline)
      throw launchError('NOT_READY', `Not ready after ${minutes(options.limitMs)}. ${missing}.`)
    await delay(INTERVAL_MS, undefined, { signal })
  }
}

/** An adopted container may publish its port on one address alone. */
function reachOf(state: ContainerState | null, port: number): { host: string; port: number } {
  const ip = state?.ports.find(({ hostPort, protocol }) => hostPort === port && protocol === 'tcp')?.hostIp
  return { host: !ip || ip === '0.0.0.0' || ip === '::' ? LOCAL : ip, port }
}

async function askRcon(
  { engine, server, password }: VerifyOptions,
  state: ContainerState | null,
): Promise<void> {
  if (server.rconVia === 'port')
    return rconLogin({ host: LOCAL, port: server.rconPort, password, timeoutMs: ANSWER_LIMIT_MS })
  // With RCON off there is nobody to ask: the ping has to do.
  if (state && !isRconOff(state.env)) await askInside(engine, state.id)
}

/** RCON that is not published is asked by the image's own client, which knows port and password. */
async function askInside(engine: Engine, containerId: string): Promise<void> {
  const { exitCode } = await engine.exec(containerId, ['rcon-cli', 'list'], ANSWER_LIMIT_MS)
  // An image without that client can't be asked.
  if (exitCode !== 0 && !NOT_RUN.includes(exitCode)) throw new RconRefused()
}

/** @throws LightNodeError when the container is not running, by the reason why */
async function refuseStopped(engine: Engine, state: ContainerState | null): Promise<void> {
  if (!state || state.status === 'removing')
    throw launchError('EXITED_EARLY', 'The container was removed while it started.')
  if (state.status === 'paused')
    throw launchError('EXITED_EARLY', 'The container was paused outside LightNode while it started.')
  if (state.status === 'running' || state.status === 'restarting') return
  throw await exitReason(engine, state)
}

/**
 * Tells apart why a container stopped: killed for memory, EULA refused, or an exit of its own.
 *
 * @param when what the game was about: `starting` until it was Online, then `running`
 */
export async function exitReason(
  engine: Engine,
  state: ContainerState,
  when: 'starting' | 'running' = 'starting',
): Promise<LightNodeError> {
  if (state.outOfMemory) {
    const limit = (state.memoryBytes / 1024 ** 3).toFixed(1)
    return launchError(
      'OUT_OF_MEMORY',
      `The game was killed because it needed more than its limit of ${limit} GB.`,
    )
  }
  const lines = await engine.containerLogs(state.id, LOG_LINES).catch(() => [])
  if (isEulaRefusal(lines)) return launchError('EULA_REFUSED')
  const what = when === 'starting' ? 'stopped before it was ready' : 'ended while it was online'
  return launchError('EXITED_EARLY', `The game ${what}, with exit code ${state.exitCode}.`)
}

function minutes(milliseconds: number): string {
  const count = milliseconds / 60_000
  return count >= 1 ? `${Math.round(count)} minutes` : `${Math.round(milliseconds / 1000)} seconds`
}
