import { once } from 'node:events'
import { createServer, type Server } from 'node:net'
import {
  type ContainerSpec,
  type ContainerState,
  type ContainerSummary,
  type Engine,
  EngineError,
  type EngineInfo,
} from '../../src/main/engine/types.ts'
import { PASSWORD_FILE } from '../../src/main/game/image.ts'
import { answerPing, answerRcon } from './fake-engine/doors.ts'
import { type Files, packed, packedFile, unpack } from './fake-engine/files.ts'

export { type FakeWatch, fakeWatch } from './fake-engine/watch.ts'

type Method = Exclude<keyof Engine, 'endpoint' | 'events'>

interface FakeContainer {
  state: ContainerState
  spec: ContainerSpec
  password: string
  logs: string[]
  doors: Server[]
}

/** An engine in memory. A container that it starts opens real ports on loopback: a ping and an RCON login. */
export interface FakeEngine extends Engine {
  /** What was asked, in order: `startContainer NAME`. */
  readonly calls: string[]
  readonly containers: Map<string, FakeContainer>
  /** Containers of others, as a list shows them. */
  readonly foreign: ContainerSummary[]
  readonly images: Set<string>
  readonly volumes: Map<string, Record<string, string>>
  /** What a volume, or a folder of the engine's machine, holds. */
  files(source: string): Files
  /** What a command in a container comes to; exit code 0 and no output when it returns nothing. */
  onExec(name: string, command: readonly string[]): { exitCode: number; output: string } | undefined
  /** What the games were told over RCON, in order: `NAME save-all flush`. */
  readonly commands: string[]
  /** What a game answers to a command; null when it never does. */
  onCommand(name: string, command: string): string | null
  /** What the game answers to a ping; null for a game that never answers. */
  versionName: string | null
  /** Called before each answer: throw to refuse, wait to be slow. */
  before(method: Method, subject: string): void | Promise<void>
  /** Ends a container as if by itself. */
  end(name: string, exitCode: number, options?: { outOfMemory?: boolean; logs?: string[] }): void
  close(): void
}

export const engineInfo: EngineInfo = {
  ...{ id: 'ENGINE-1', name: 'here', version: '28.1.0', operatingSystem: 'Debian', architecture: 'x64' },
  ...{ memoryBytes: 64 * 1024 ** 3, rootDir: '/nowhere', sameMachine: false },
}

export function fakeEngine(info: Partial<EngineInfo> = {}): FakeEngine {
  const containers = new Map<string, FakeContainer>()
  const files = new Map<string, Files>()
  const calls: string[] = []
  const commands: string[] = []
  let made = 0

  const find = (idOrName: string) =>
    [...containers.values()].find(({ state }) => state.id === idOrName || state.name === idOrName)
  const need = (id: string) => {
    const container = find(id)
    if (!container) throw new EngineError('not-found', `No such container: ${id}`)
    return container
  }
  async function asked(method: Method, subject = ''): Promise<void> {
    calls.push(`${method} ${subject}`.trim())
    await engine.before(method, subject)
  }

  function told(name: string, command: string): string | null {
    commands.push(`${name} ${command}`)
    return engine.onCommand(name, command)
  }

  const isUp = ({ state }: FakeContainer) => ['running', 'paused'].includes(state.status)
  const filesOf = (source: string): Files => {
    if (!files.has(source)) files.set(source, new Map())
    return files.get(source) as Files
  }

  async function openDoors(container: FakeContainer): Promise<void> {
    for (const { containerPort, protocol, hostPort } of container.spec.ports) {
      if (protocol === 'udp' || engine.versionName === null) continue
      const door = createServer((socket) =>
        containerPort === 25575
          ? answerRcon(
              socket,
              () => container.password,
              (command) => told(container.state.name, command),
            )
          : answerPing(socket, engine.versionName ?? ''),
      )
      await new Promise<void>((resolve, reject) => {
        door.once('error', reject).listen(hostPort, '127.0.0.1', resolve)
      }).catch(() => {
        // As the engine: what did not start lets go of what it has, and is no running container.
        ended(container, 128)
        container.state.status = 'created'
        throw new EngineError('port-taken', `Bind for 127.0.0.1:${hostPort} failed`, hostPort)
      })
      container.doors.push(door)
    }
  }

  function ended(container: FakeContainer, exitCode: number): void {
    for (const door of container.doors.splice(0)) door.close()
    Object.assign(container.state, { status: 'exited', exitCode })
  }

  const engine: FakeEngine = {
    ...{ endpoint: 'unix:///fake.sock', calls, containers, foreign: [], versionName: '1.20.4' },
    ...{ images: new Set<string>(), volumes: new Map<string, Record<string, string>>() },
    before: () => {},
    files: filesOf,
    onExec: () => undefined,
    commands,
    onCommand: () => '',
    info: async () => ({ ...engineInfo, ...info }),
    async listContainers() {
      await asked('listContainers')
      const own = [...containers.values()].map(({ state, spec }) => ({
        ...{ id: state.id, name: state.name, running: state.status === 'running', labels: spec.labels },
        image: spec.image,
        hostPorts: spec.ports.map(({ hostPort }) => hostPort),
      }))
      return [...own, ...engine.foreign]
    },
    async hasImage(reference) {
      await asked('hasImage', reference)
      return engine.images.has(reference)
    },
    async pullImage(reference, onProgress) {
      onProgress({
        current: 1,
        total: 4,
        layers: [{ id: 'l1', status: 'Downloading', current: 1, total: 4 }],
      })
      await asked('pullImage', reference)
      engine.images.add(reference)
    },
    async createContainer(spec) {
      await asked('createContainer', spec.name)
      if (!engine.images.has(spec.image))
        throw new EngineError('image-missing', `No such image: ${spec.image}`)
      if (find(spec.name)) throw new EngineError('name-taken', `The name ${spec.name} is already in use`)
      const id = `c${++made}`
      const state: ContainerState = {
        ...{ id, name: spec.name, status: 'created', exitCode: 0, outOfMemory: false, error: '' },
        ...{ restartPolicy: 'no', labels: spec.labels, ports: spec.ports, env: spec.env },
        ...{ image: spec.image, memoryBytes: spec.memoryBytes, mounts: [spec.mount] },
        ...{ autoRemove: false, hostNetwork: false },
      }
      // As the engine: a volume that a container names comes into being with it.
      if (spec.mount.type === 'volume' && !engine.volumes.has(spec.mount.source))
        engine.volumes.set(spec.mount.source, {})
      containers.set(spec.name, { state, spec, password: '', logs: [], doors: [] })
      return { id, warnings: [] }
    },
    async putFile(id, file) {
      await asked('putFile', file.path)
      need(id).password = file.content
    },
    async startContainer(id) {
      const container = need(id)
      await asked('startContainer', container.state.name)
      // As the engine: a start of what runs is no error.
      if (container.state.status === 'running') return
      // Its doors were open all the time.
      const wasPaused = container.state.status === 'paused'
      container.state.status = 'running'
      if (!wasPaused) await openDoors(container)
    },
    async stopContainer(id, _seconds, signal) {
      const container = need(id)
      const stopped = asked('stopContainer', container.state.name).then(() => {
        if (isUp(container)) ended(container, 0)
      })
      await (signal ? Promise.race([stopped, cancelled('stop container', signal)]) : stopped)
    },
    async killContainer(id) {
      const container = need(id)
      await asked('killContainer', container.state.name)
      if (isUp(container)) ended(container, 137)
    },
    async renameContainer(id, name) {
      const container = need(id)
      await asked('renameContainer', `${container.state.name} ${name}`)
      const other = find(name)
      if (other && other !== container)
        throw new EngineError('name-taken', `The name ${name} is already in use`)
      containers.delete(container.state.name)
      containers.set(name, container)
      container.state.name = name
    },
    async exec(id, command) {
      const { state } = need(id)
      await asked('exec', `${state.name} ${command.join(' ')}`)
      if (state.status !== 'running') throw new EngineError('rejected', `Container ${id} is not running`)
      return engine.onExec(state.name, command) ?? { exitCode: 0, output: '' }
    },
    async readArchive(id, path, signal) {
      const { state, spec, password } = need(id)
      await asked('readArchive', `${state.name} ${path}`)
      signal.throwIfAborted()
      if (path === PASSWORD_FILE && password !== '') return packedFile(path, password, signal)
      return packed(filesOf(spec.mount.source), spec.mount, path, signal)
    },
    async writeArchive(id, path, archive, signal) {
      const { state, spec } = need(id)
      await asked('writeArchive', `${state.name} ${path}`)
      signal.throwIfAborted()
      await unpack(filesOf(spec.mount.source), spec.mount, path, archive, signal)
    },
    async listVolumes() {
      await asked('listVolumes')
      return [...engine.volumes].map(([name, labels]) => ({ name, labels, createdAt: null }))
    },
    async removeContainer(id) {
      const { state } = need(id)
      await asked('removeContainer', state.name)
      containers.delete(state.name)
    },
    async setRestartPolicy(id, policy) {
      const { state } = need(id)
      await asked('setRestartPolicy', `${state.name} ${policy}`)
      state.restartPolicy = policy
    },
    async inspectContainer(idOrName) {
      await asked('inspectContainer', idOrName)
      const container = find(idOrName)
      return container ? { ...container.state } : null
    },
    async containerLogs(id) {
      await asked('containerLogs', id)
      return need(id).logs
    },
    async createVolume(name, labels) {
      await asked('createVolume', name)
      engine.volumes.set(name, labels)
    },
    async hasVolume(name) {
      await asked('hasVolume', name)
      return engine.volumes.has(name)
    },
    async removeVolume(name) {
      await asked('removeVolume', name)
      engine.volumes.delete(name)
      files.delete(name)
    },
    volumeUsage: async () => null,
    async *events() {},
    end(name, exitCode, { outOfMemory = false, logs = [] } = {}) {
      const container = need(name)
      container.logs.push(...logs)
      container.state.outOfMemory = outOfMemory
      ended(container, exitCode)
    },
    close() {
      for (const container of containers.values()) ended(container, 0)
    },
  }
  return engine
}

async function cancelled(what: string, signal: AbortSignal): Promise<never> {
  if (!signal.aborted) await once(signal, 'abort')
  throw new EngineError('timeout', `${what}: cancelled`)
}
