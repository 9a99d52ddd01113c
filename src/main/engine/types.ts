import type { Readable } from 'node:stream'
import type { Progress } from '../../shared/model.ts'

/** What LightNode can tell apart of an engine's refusals; the verbatim text is the error's message. */
export type EngineErrorKind =
  | 'unreachable'
  | 'denied'
  | 'timeout'
  | 'port-taken'
  | 'name-taken'
  | 'image-missing'
  | 'not-found'
  | 'no-space'
  | 'pull-failed'
  | 'rejected'

/** Every rejection of this room is one of these; no dockerode error leaves it. */
export class EngineError extends Error {
  override readonly name = 'EngineError'
  /** @param port with `port-taken`, where the engine's text names it */
  constructor(
    readonly kind: EngineErrorKind,
    message: string,
    readonly port?: number,
    options?: ErrorOptions,
  ) {
    super(message, options)
  }
}

/** What the engine says of itself. */
export interface EngineInfo {
  id: string
  name: string
  version: string
  operatingSystem: string
  /** Node's name: x64, arm64 … */
  architecture: string
  memoryBytes: number
  /** Where volumes live on the engine's own machine. */
  rootDir: string
  /** True where the engine's files are this machine's files: no virtual machine in between. */
  sameMachine: boolean
}

/** A container as the port pool and the observer see it. */
export interface ContainerSummary {
  id: string
  name: string
  running: boolean
  labels: Record<string, string>
  /** The reference that it was made from. */
  image: string
  /** Every host port it publishes or will publish when it starts, both protocols alike. */
  hostPorts: number[]
}

export interface PortBinding {
  containerPort: number
  protocol: 'tcp' | 'udp'
  /** Empty for every address. */
  hostIp: string
  hostPort: number
}

/** A volume by its name, or a folder of the engine's machine, in a container. */
export interface Mount {
  type: 'volume' | 'bind'
  source: string
  target: string
}

/** A volume as a list shows it. */
export interface VolumeSummary {
  name: string
  labels: Record<string, string>
  /** Milliseconds since 1970; null where the engine doesn't tell. */
  createdAt: number | null
}

/** Everything that a container is made of. */
export interface ContainerSpec {
  name: string
  image: string
  labels: Record<string, string>
  env: Record<string, string>
  ports: PortBinding[]
  mount: Mount
  memoryBytes: number
  pidsLimit: number
  capabilities: string[]
  stopTimeoutSeconds: number
}

export interface ContainerFile {
  path: string
  content: string
  uid: number
  gid: number
  mode: number
}

/** A container's state as inspected. */
export interface ContainerState {
  id: string
  name: string
  status: 'created' | 'running' | 'paused' | 'restarting' | 'removing' | 'exited' | 'dead'
  exitCode: number
  outOfMemory: boolean
  /** The engine's own words about a failed start; empty otherwise. */
  error: string
  restartPolicy: string
  labels: Record<string, string>
  ports: PortBinding[]
  env: Record<string, string>
  image: string
  memoryBytes: number
  mounts: Mount[]
  /** The engine removes it, nameless volumes included, as soon as it stops (`--rm`). */
  autoRemove: boolean
  /** It has the network of the engine's machine: no port of it is published. */
  hostNetwork: boolean
}

/** A container's life as the engine tells it. */
export interface EngineEvent {
  /** `change`: paused, unpaused or renamed. */
  action: 'create' | 'start' | 'die' | 'oom' | 'destroy' | 'change' | 'other'
  containerId: string
  labels: Record<string, string>
  exitCode: number | null
  /** Milliseconds since 1970, by the engine's clock. */
  at: number
}

/** One Docker engine in LightNode's own words. Every call has a time limit and rejects with EngineError. */
export interface Engine {
  readonly endpoint: string
  info(): Promise<EngineInfo>
  /** All containers, stopped ones included. */
  listContainers(): Promise<ContainerSummary[]>
  hasImage(reference: string): Promise<boolean>
  pullImage(reference: string, onProgress: (progress: Progress) => void, signal?: AbortSignal): Promise<void>
  /** @returns the id and the engine's warnings */
  createContainer(spec: ContainerSpec): Promise<{ id: string; warnings: string[] }>
  /** Puts one file into a container, made or running; missing folders are made (root, 0755). */
  putFile(containerId: string, file: ContainerFile): Promise<void>
  /** One that is paused goes on; one that runs is left alone. */
  startContainer(id: string): Promise<void>
  /**
   * Done when it has stopped. The engine kills it after the timeout, with a day (86400) or more never: then this
   * waits for a day. The signal ends the waiting alone (`timeout`); the stop goes on.
   */
  stopContainer(id: string, timeoutSeconds: number, signal?: AbortSignal): Promise<void>
  /** Ends it at once (SIGKILL); one that is stopped already is left alone. */
  killContainer(id: string): Promise<void>
  /** One that is called so already is left alone. Fails with `name-taken`. */
  renameContainer(id: string, name: string): Promise<void>
  /**
   * Runs a command in a running container. After the limit (`timeout`) the command itself goes on: no engine can
   * end it. @returns its exit code, and both streams as they came, the first 64 kB
   */
  exec(id: string, command: readonly string[], limitMs: number): Promise<{ exitCode: number; output: string }>
  /**
   * A file or folder of a container, made, running or stopped, as a tar archive; its first entry is the last part
   * of the path. Whoever asks reads it to its end or aborts: until then every other call for this container waits.
   * Fails when nothing comes for a minute, and when the archive lacks its end; an abort ends it with its reason.
   */
  readArchive(id: string, path: string, signal: AbortSignal): Promise<Readable>
  /**
   * Unpacks a tar archive into a folder of a container, made, running or stopped; owners and times are kept. What
   * was unpacked before a failure stays. An error of the archive itself comes back as it is, an abort as its reason.
   */
  writeArchive(id: string, path: string, archive: Readable, signal: AbortSignal): Promise<void>
  /** All volumes. */
  listVolumes(): Promise<VolumeSummary[]>
  /** Removes the container only: never a volume, named or anonymous. */
  removeContainer(id: string): Promise<void>
  setRestartPolicy(id: string, policy: 'no' | 'unless-stopped'): Promise<void>
  /** By id or name; null when there is none. */
  inspectContainer(idOrName: string): Promise<ContainerState | null>
  /** The last lines, oldest first, both streams. */
  containerLogs(id: string, lines: number): Promise<string[]>
  /** Makes a named volume; one that exists stays as it is. */
  createVolume(name: string, labels: Record<string, string>): Promise<void>
  hasVolume(name: string): Promise<boolean>
  /**
   * Removes a volume and what is in it, for good. One that is gone already counts as done; one without these
   * labels is someone else's and is `rejected`.
   */
  removeVolume(name: string, labels: Record<string, string>): Promise<void>
  /** Bytes used; null when the engine can't tell. */
  volumeUsage(name: string): Promise<number | null>
  /** Ends when the connection does (a rejection) or when the signal says so (a return). */
  events(signal: AbortSignal): AsyncIterable<EngineEvent>
}

/** A place where an engine may be, in the order of search. */
export interface EndpointCandidate {
  /** Why this one: "DOCKER_HOST", "docker context colima", "Docker Engine socket" … */
  source: string
  /** unix:///…, npipe:////./pipe/…, tcp://127.0.0.1:… */
  endpoint: string
  /** True when the user named it: then nothing after it is tried. */
  explicit: boolean
}

/** The outcome of one search. */
export type Discovery =
  | { state: 'available'; engine: Engine; info: EngineInfo; source: string; tried: EndpointTry[] }
  | {
      state: 'missing' | 'denied' | 'remote'
      source: string | null
      endpoint: string | null
      tried: EndpointTry[]
    }

export interface EndpointTry {
  source: string
  endpoint: string
  /** In words: "connection refused", "no such file", "answers". */
  outcome: string
}

/** Watches for an engine: searches, keeps asking, searches again when it is gone. */
export interface EngineWatch {
  readonly current: Discovery | { state: 'searching' }
  /** Called on every change of `current`, and never twice for the same. */
  onChange(listener: () => void): () => void
  onEvent(listener: (event: EngineEvent) => void): () => void
  /** Begins, and resolves after the first search. */
  start(): Promise<void>
  /** Looks again now. */
  refresh(): Promise<void>
  stop(): Promise<void>
}
