import type { Drift } from '../../shared/drift.ts'
import type { ServerRow } from '../database/servers.ts'
import type { ContainerSpec, ContainerState } from '../engine/types.ts'
import { differencesOf } from './differences.ts'

/** What the engine says beside the container itself. */
export interface DriftFacts {
  /** Whether it still has the image that the container was made from. */
  imagePresent: boolean
  /** Whether it still has the volume with the world. */
  volumePresent: boolean
  /** What the container is to be, by the record. */
  expected: ContainerSpec
}

/**
 * What was changed about a server outside LightNode, each with the word of the button that mends it.
 *
 * @param container the server's own; null when there is none
 * @param facts null for an adopted server: what its container was made of is not ours to know
 */
export function findDrift(
  server: ServerRow,
  container: ContainerState | null,
  facts: DriftFacts | null,
): Drift[] {
  // A server that was never Online has no world to miss: its first start makes the volume.
  const worldLost = facts !== null && !facts.volumePresent && server.firstOnlineAt !== null
  const found: (Drift | null)[] = [
    containerDrift(server, container, worldLost),
    container && container.name !== server.containerName ? renamedDrift(server, container) : null,
    facts && container ? changedDrift(server, container, facts.expected) : null,
    replacedDrift(server),
    imageDrift(server, facts),
    worldLost ? volumeDrift(server) : null,
  ]
  return found.filter((drift) => drift !== null)
}

function containerDrift(
  server: ServerRow,
  container: ContainerState | null,
  worldLost: boolean,
): Drift | null {
  if (!container) {
    if (server.containerId === null) return null
    return {
      kind: 'removed',
      message: `Its container ${server.containerName} was removed outside LightNode.`,
      // A new container would have no world to start.
      mend: worldLost ? null : 'Start',
    }
  }
  if (container.status === 'paused')
    return { kind: 'paused', message: 'Its container was paused outside LightNode.', mend: 'Go on' }
  const ended = ['created', 'exited', 'dead'].includes(container.status)
  if (ended && server.desired === 'running' && server.status === 'stopped')
    return {
      kind: 'stopped',
      message: 'It was stopped outside LightNode, and is to run.',
      mend: worldLost ? null : 'Start',
    }
  return null
}

function renamedDrift(server: ServerRow, container: ContainerState): Drift {
  return {
    kind: 'renamed',
    message: `Its container is called ${container.name} instead of ${server.containerName}.`,
    mend: 'Rename back',
  }
}

function changedDrift(server: ServerRow, container: ContainerState, expected: ContainerSpec): Drift | null {
  const differences = differencesOf(server, container, expected)
  if (differences.length === 0) return null
  const restartAlone = differences.every(({ part }) => part === 'restart')
  return {
    kind: 'changed',
    message: differences.map(({ message }) => message).join(' '),
    mend: restartAlone ? 'Put right' : 'Make anew',
  }
}

/** The old container of an adopted server is there until the new one is Online. */
function replacedDrift(server: ServerRow): Drift | null {
  if (server.replacedContainerId === null || server.status !== 'failed') return null
  return {
    kind: 'changed',
    message: 'The new container did not come Online. The old one is kept.',
    mend: 'Go back to the old container',
  }
}

function imageDrift(server: ServerRow, facts: DriftFacts | null): Drift | null {
  if (!facts || facts.imagePresent || server.containerId === null) return null
  return {
    kind: 'image',
    message: `The image ${facts.expected.image} that its container was made from is gone from the engine.`,
    mend: 'Pull again',
  }
}

function volumeDrift(server: ServerRow): Drift {
  return {
    kind: 'volume',
    message:
      `The volume ${server.volumeName} with its world is gone. Bring it back under its old name; ` +
      'LightNode never makes an empty world in its place.',
    mend: null,
  }
}
