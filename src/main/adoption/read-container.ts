import type { Environment, ServerType } from '../../shared/fields.ts'
import type { ContainerState, Mount, PortBinding } from '../engine/types.ts'
import { DATA_DIR, GAME_PORT, isRconOff, isTrue, RCON_PORT } from '../game/image.ts'
import { heapOf } from './heap.ts'
import { ownVariables, typeOf, versionOf } from './variables.ts'

/** What a game container says of itself. */
export interface ReadContainer {
  type: ServerType
  version: string
  memoryMb: number
  /** The host's. */
  port: number
  /** The host's; null where RCON is not published, or not where LightNode can ask. */
  rconPort: number | null
  rconOff: boolean
  mount: Mount
  environment: Environment
  eula: boolean
  composeProject: string | null
  /** What a person should know, in sentences. */
  notes: string[]
}

const COMPOSE_LABEL = 'com.docker.compose.project'

export function composeProjectOf(labels: Record<string, string>): string | null {
  return labels[COMPOSE_LABEL] ?? null
}

/** Why a container can't be adopted, by what it is made of; null when it can. */
export function refusalOf(state: ContainerState): string | null {
  if (state.status === 'removing' || state.status === 'dead') return 'It is being removed.'
  if (state.hostNetwork)
    return "It has the host's network, so Docker publishes no port of it. Publish the game's port instead."
  if (!gameBinding(state))
    return `It publishes no fixed port for the game (${gamePortOf(state.env)}/tcp in the container).`
  if (!worldMount(state)) return 'Its world is in the container itself, not in a volume or a folder.'
  if (state.autoRemove)
    return 'It removes itself as soon as it stops (--rm), and its volume may go with it. Make it without --rm.'
  return null
}

/** @param totalBytes the engine's memory; null while unknown. @throws Error for one that `refusalOf` refuses */
export function readContainer(state: ContainerState, totalBytes: number | null): ReadContainer {
  const { env } = state
  const game = gameBinding(state)
  const mount = worldMount(state)
  if (!game || !mount) throw new Error('This container cannot be adopted.')
  const { type, unknown } = typeOf(env)
  const { environment, lost } = ownVariables(env)
  const rcon = bindingsOf(state, rconPortOf(env)).find(({ hostIp }) => isReachable(hostIp))
  const rconOff = isRconOff(env)
  return {
    ...{ type, environment, mount, rconOff },
    version: versionOf(env),
    memoryMb: heapOf({ env, limitBytes: state.memoryBytes, totalBytes }),
    port: game.hostPort,
    rconPort: rcon && !rconOff ? rcon.hostPort : null,
    eula: isTrue(env.EULA),
    composeProject: composeProjectOf(state.labels),
    notes: [
      ...composeNotes(state),
      ...rconNotes(rcon, rconOff),
      ...(unknown
        ? [`LightNode does not know the type ${unknown}: a new container would be of type CUSTOM.`]
        : []),
      ...newContainerNotes(state, game, lost),
    ],
  }
}

function composeNotes({ labels, restartPolicy }: ContainerState): string[] {
  const project = composeProjectOf(labels)
  const notes: string[] = []
  if (project)
    notes.push(
      `The compose project ${project} manages it: "docker compose up" may make it anew, and it can then be adopted again.`,
    )
  if (restartPolicy === 'always')
    notes.push('Docker starts it with itself (restart policy always), also when it was stopped here.')
  return notes
}

function rconNotes(rcon: PortBinding | undefined, off: boolean): string[] {
  if (off) return ['RCON is off: commands and a save before a stop are not possible.']
  if (!rcon) return ['RCON is not published on loopback: commands go through the container.']
  return isLoopback(rcon.hostIp)
    ? []
    : [`RCON port ${rcon.hostPort} can be reached from outside this machine, and its protocol is plain text.`]
}

/** What it loses when another port, other memory or the like makes a new container necessary. */
function newContainerNotes(state: ContainerState, game: PortBinding, lost: readonly string[]): string[] {
  const parts: string[] = []
  const mounts = state.mounts.filter(({ target }) => target !== DATA_DIR).map(({ target }) => target)
  if (mounts.length > 0) parts.push(`the mounts ${mounts.join(', ')}`)
  const rcon = rconPortOf(state.env)
  const ports = state.ports
    .filter(({ containerPort, hostPort }) => containerPort !== rcon && hostPort !== game.hostPort)
    .map(({ hostPort, protocol }) => `${hostPort}/${protocol}`)
  if (ports.length > 0) parts.push(`the ports ${ports.join(', ')}`)
  if (lost.length > 0) parts.push(`the variables ${lost.join(', ')}`)
  const kept =
    'Another port, other memory, variables, type or version take a new container with the same world.'
  return [parts.length > 0 ? `${kept} It will not have ${parts.join('; ')}.` : kept]
}

function worldMount({ mounts }: ContainerState): Mount | undefined {
  return mounts.find(({ target }) => target === DATA_DIR)
}

function gameBinding(state: ContainerState): PortBinding | undefined {
  return bindingsOf(state, gamePortOf(state.env))[0]
}

function bindingsOf({ ports }: ContainerState, containerPort: number): PortBinding[] {
  return ports.filter((port) => port.containerPort === containerPort && port.protocol === 'tcp')
}

const gamePortOf = ({ SERVER_PORT }: Record<string, string>) => Number(SERVER_PORT) || GAME_PORT
const rconPortOf = (env: Record<string, string>) => Number(env.RCON_PORT) || RCON_PORT
const isLoopback = (ip: string) => ip.startsWith('127.')
/** Where LightNode asks: on loopback. */
const isReachable = (ip: string) => ['', '0.0.0.0', '::', '127.0.0.1'].includes(ip)
