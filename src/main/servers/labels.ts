/** On every container and volume that this installation makes: two installations never touch each other's. */
const INSTALLATION_LABEL = 'org.lightnode.installation'
const SERVER_LABEL = 'org.lightnode.server'
/** On a container that is no game: it reads or writes a volume for a task, and goes with it. */
export const HELPER_LABEL = 'org.lightnode.helper'

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
