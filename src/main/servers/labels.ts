import { randomBytes } from 'node:crypto'

/** On every container and volume that this installation makes: two installations never touch each other's. */
const INSTALLATION_LABEL = 'org.lightnode.installation'
const SERVER_LABEL = 'org.lightnode.server'
/** On a container that is no game: it reads or writes a volume for a task, and goes with it. */
export const HELPER_LABEL = 'org.lightnode.helper'

/** Which process made a helper. */
const LIFE_LABEL = 'org.lightnode.life'
const life = randomBytes(8).toString('hex')

/** Not the server's own label: nobody takes a helper for the game. */
export function helperLabels(installationId: string, serverId: string): Record<string, string> {
  return { [INSTALLATION_LABEL]: installationId, [HELPER_LABEL]: serverId, [LIFE_LABEL]: life }
}

/** Whether a helper is of a process that has ended: whatever it was for, nobody needs it any more. */
export function isLeftBehind(labels: Record<string, string>): boolean {
  return labels[LIFE_LABEL] !== undefined && labels[LIFE_LABEL] !== life
}

export function labelsOf(installationId: string, serverId: string): Record<string, string> {
  return { [INSTALLATION_LABEL]: installationId, [SERVER_LABEL]: serverId }
}

/** Whether a container is this server's; ids are random, so no other installation has it. */
export function isOf(labels: Record<string, string>, serverId: string): boolean {
  return labels[SERVER_LABEL] === serverId
}

export function isOurs(labels: Record<string, string>, installationId: string): boolean {
  return labels[INSTALLATION_LABEL] === installationId
}

/** Whether any LightNode made it. */
export function isLightNodes(labels: Record<string, string>): boolean {
  return labels[INSTALLATION_LABEL] !== undefined
}

/** @returns the server's id when the labels are this installation's, else null */
export function serverOf(labels: Record<string, string>, installationId: string): string | null {
  return labels[INSTALLATION_LABEL] === installationId ? (labels[SERVER_LABEL] ?? null) : null
}
