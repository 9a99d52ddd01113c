import type { ServerRow } from '../database/servers.ts'
import type { ContainerSpec, ContainerState, PortBinding } from '../engine/types.ts'
import { DATA_DIR, GAME_PORT, memoryLimitBytes } from '../game/image.ts'

/** Something about a container that is not as LightNode made it, in a sentence. */
export interface Difference {
  part: 'ports' | 'memory' | 'mount' | 'restart' | 'image' | 'environment'
  message: string
}

/** Follows the name, which may be changed while the container stays; unless it is the user's own. */
const FOLLOWS_NAME = 'MOTD'

/**
 * What was changed about a server's container outside LightNode. What a person asked for and the next start brings
 * is no such thing: a container that LightNode made keeps its ports, mount, image and variables for life, so those
 * are held against the record only in one that somebody else made.
 *
 * @param expected what its container is to be, by the record
 */
export function differencesOf(
  server: ServerRow,
  container: ContainerState,
  expected: ContainerSpec,
): Difference[] {
  // Without a record of it the next start makes a new one anyway.
  const recorded = server.containerId === null || server.containerId === container.id
  return [
    ...(recorded ? [] : remadeDifferences(server, container, expected)),
    ...updatedDifferences(server, container),
  ]
}

/** What can be changed about a container that stays (`docker update`). */
function updatedDifferences(server: ServerRow, container: ContainerState): Difference[] {
  const found: Difference[] = []
  const limit = limitOf(container)
  if (limit !== null && limit !== container.memoryBytes)
    found.push({
      part: 'memory',
      message: `Its memory limit is ${gigabytes(container.memoryBytes)} instead of ${gigabytes(limit)}.`,
    })
  // Until it is verified the policy is `no`, so that what fails does not loop.
  if (server.status === 'online' && container.restartPolicy !== 'unless-stopped')
    found.push({
      part: 'restart',
      message: `Its restart policy is ${container.restartPolicy} instead of unless-stopped.`,
    })
  return found
}

/** The limit that belongs to the heap it was made with, whatever the record says by now. */
function limitOf({ env }: ContainerState): number | null {
  const heap = /^(\d+)M$/.exec(env.MEMORY ?? '')
  return heap ? memoryLimitBytes(Number(heap[1])) : null
}

function gigabytes(bytes: number): string {
  return bytes === 0 ? 'not set' : `${Number((bytes / 1024 ** 3).toFixed(2))} GB`
}

/** What only a new container can have otherwise. */
function remadeDifferences(
  server: ServerRow,
  container: ContainerState,
  expected: ContainerSpec,
): Difference[] {
  const found = portDifferences(container.ports, expected.ports)
  const mount = container.mounts.find(({ target }) => target === DATA_DIR)
  if (mount?.source !== expected.mount.source)
    found.push({
      part: 'mount',
      message: `Its world is in ${mount?.source ?? 'the container alone'} instead of ${expected.mount.source}.`,
    })
  if (container.image !== expected.image)
    found.push({
      part: 'image',
      message: `It is made from ${container.image} instead of ${expected.image}.`,
    })
  // A change that waits for the restart can't be told from one made outside.
  const variables = server.restartNeeded === 1 ? [] : changedVariables(server, container.env, expected.env)
  if (variables.length > 0)
    found.push({
      part: 'environment',
      // Never a value: somebody else's may be a secret.
      message: `${variables.length === 1 ? 'A variable differs' : 'Variables differ'}: ${variables.join(', ')}.`,
    })
  return found
}

function changedVariables(
  server: ServerRow,
  found: Record<string, string>,
  wanted: Record<string, string>,
): string[] {
  const own = JSON.parse(server.environment) as Record<string, string>
  return Object.keys(wanted).filter(
    (name) => found[name] !== wanted[name] && (name !== FOLLOWS_NAME || Object.hasOwn(own, name)),
  )
}

function portDifferences(found: readonly PortBinding[], wanted: readonly PortBinding[]): Difference[] {
  const messages = new Set<string>()
  for (const port of wanted) {
    const there = found.filter((one) => keyOf(one) === keyOf(port))
    if (there.some((one) => sameOutside(one, port))) continue
    messages.add(portMessage(port, there[0]))
  }
  for (const port of found)
    if (!wanted.some((one) => keyOf(one) === keyOf(port)))
      messages.add(`Port ${port.hostPort} is published as well.`)
  return [...messages].map((message) => ({ part: 'ports', message }))
}

const keyOf = ({ containerPort, protocol }: PortBinding) => `${containerPort}/${protocol}`
const everywhere = (address: string) => ['', '0.0.0.0', '::'].includes(address)

function sameOutside(found: PortBinding, wanted: PortBinding): boolean {
  const sameAddress =
    found.hostIp === wanted.hostIp || (everywhere(found.hostIp) && everywhere(wanted.hostIp))
  return sameAddress && found.hostPort === wanted.hostPort
}

function portMessage(wanted: PortBinding, found: PortBinding | undefined): string {
  const name = wanted.containerPort === GAME_PORT ? 'Port' : 'RCON port'
  if (!found) return `${name} ${wanted.hostPort} is not published.`
  if (found.hostPort !== wanted.hostPort)
    return `${name} ${found.hostPort} is published instead of ${wanted.hostPort}.`
  const place = (address: string) => (everywhere(address) ? 'every address' : address)
  return `${name} ${wanted.hostPort} is published on ${place(found.hostIp)} instead of ${place(wanted.hostIp)}.`
}
