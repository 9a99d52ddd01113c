import type { EngineClient } from './client.ts'
import { readArchive, writeArchive } from './container-archive.ts'
import { exec } from './container-exec.ts'
import { putFile } from './container-files.ts'
import { createContainerList } from './container-list.ts'
import { containerLogs } from './container-logs.ts'
import { inspectContainer } from './container-state.ts'
import {
  createContainer,
  killContainer,
  removeContainer,
  renameContainer,
  setRestartPolicy,
  startContainer,
  stopContainer,
} from './containers.ts'
import { containerEvents } from './events.ts'
import { hasImage, pullImage } from './images.ts'
import { type RawInfo, readInfo } from './info.ts'
import { callLimit, limited } from './limit.ts'
import type { Engine } from './types.ts'
import { createVolume, createVolumeUsage, hasVolume, listVolumes, removeVolume } from './volumes.ts'

/** An engine that can be asked whether it is still there. */
export interface DockerEngine extends Engine {
  /** @throws EngineError when it does not answer within 2 s */
  ping(): Promise<void>
}

/**
 * Puts the parts of this room together for one engine. Nothing is sent until it is asked.
 *
 * @param options.apiVersion what the client speaks
 * @param options.podman true where Podman answers in Docker's words
 */
export function createDockerEngine(options: {
  client: EngineClient
  endpoint: string
  apiVersion: string
  podman: boolean
}): DockerEngine {
  const { client, endpoint, apiVersion, podman } = options
  const containers = createContainerList(client)
  return {
    endpoint,
    ping: async () => {
      await limited('ping', 2_000, (signal) => client.json({ method: 'GET', path: '/_ping' }, signal))
    },
    info: async () => {
      const request = { method: 'GET', path: '/info' } as const
      const raw = await limited('info', callLimit, (signal) => client.json<RawInfo>(request, signal))
      return readInfo(raw, endpoint, podman)
    },
    listContainers: () => containers.list(),
    hasImage: (reference) => hasImage(client, reference),
    pullImage: (reference, onProgress, signal) => pullImage(client, reference, onProgress, { signal }),
    createContainer: async (spec) => {
      const made = await createContainer(client, spec)
      containers.remember(made.id, spec)
      return made
    },
    putFile: (id, file) => putFile(client, id, file),
    startContainer: (id) => startContainer(client, id),
    stopContainer: (id, timeoutSeconds, signal) =>
      stopContainer(client, id, timeoutSeconds, { signal, podman }),
    killContainer: (id) => killContainer(client, id),
    renameContainer: (id, name) => renameContainer(client, id, name),
    exec: (id, command, limitMs) => exec(client, id, command, limitMs),
    readArchive: (id, path, signal) => readArchive(client, id, path, signal),
    writeArchive: (id, path, archive, signal) => writeArchive(client, id, path, archive, signal),
    listVolumes: () => listVolumes(client),
    removeContainer: (id) => removeContainer(client, id),
    setRestartPolicy: (id, policy) => setRestartPolicy(client, id, policy),
    inspectContainer: (idOrName) => inspectContainer(client, idOrName),
    containerLogs: (id, lines) => containerLogs(client, id, lines),
    createVolume: (name, labels) => createVolume(client, name, labels),
    hasVolume: (name) => hasVolume(client, name),
    removeVolume: (name, labels) => removeVolume(client, name, labels),
    volumeUsage: createVolumeUsage(client, apiVersion),
    events: (signal) => containerEvents(client, signal),
  }
}
