import { createServer, type Server, type Socket } from 'node:net'
import {
  type ContainerSpec,
  type ContainerState,
  type ContainerSummary,
  type Discovery,
  type Engine,
  EngineError,
  type EngineEvent,
  type EngineInfo,
  type EngineWatch,
} from '../../src/main/engine/types.ts'

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
  const calls: string[] = []
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

  async function openDoors(container: FakeContainer): Promise<void> {
    for (const { containerPort, protocol, hostPort } of container.spec.ports) {
      if (protocol === 'udp' || engine.versionName === null) continue
      const door = createServer((socket) =>
        containerPort === 25575
          ? answerRcon(socket, () => container.password)
          : answerPing(socket, engine.versionName ?? ''),
      )
      await new Promise<void>((resolve, reject) => {
        door.once('error', reject).listen(hostPort, '127.0.0.1', resolve)
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
    info: async () => ({ ...engineInfo, ...info }),
    async listContainers() {
      await asked('listContainers')
      const own = [...containers.values()].map(({ state, spec }) => ({
        ...{ id: state.id, name: state.name, running: state.status === 'running', labels: spec.labels },
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
        ...{ image: spec.image, memoryBytes: spec.memoryBytes },
      }
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
    async stopContainer(id) {
      const container = need(id)
      await asked('stopContainer', container.state.name)
      if (['running', 'paused'].includes(container.state.status)) ended(container, 0)
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

/** As a game does it: a status whatever is asked, and the ping back. */
function answerPing(socket: Socket, name: string): void {
  const text = Buffer.from(
    JSON.stringify({ version: { name, protocol: 1 }, players: { max: 1, online: 0 }, description: '' }),
  )
  const content = Buffer.concat([Buffer.from([0]), varInt(text.length), text])
  let answered = false
  socket.on('error', () => {})
  socket.on('data', (data) => {
    socket.write(answered ? data : Buffer.concat([varInt(content.length), content]))
    answered = true
  })
}

function varInt(value: number): Buffer {
  return value < 128
    ? Buffer.from([value])
    : Buffer.concat([Buffer.from([(value & 127) | 128]), varInt(value >> 7)])
}

function answerRcon(socket: Socket, password: () => string): void {
  socket.on('error', () => {})
  socket.on('data', (data) => {
    const right = data.toString('utf8', 12, data.length - 2) === password()
    const answer = Buffer.alloc(14)
    answer.writeInt32LE(10, 0)
    answer.writeInt32LE(right ? data.readInt32LE(4) : -1, 4)
    answer.writeInt32LE(2, 8)
    socket.write(answer)
  })
}

/** A watch that is told what it sees. */
export interface FakeWatch extends EngineWatch {
  see(found: Discovery['state'] | { engine: Engine; info: EngineInfo }): void
  emit(event: Pick<EngineEvent, 'action' | 'labels'> & Partial<EngineEvent>): void
}

export function fakeWatch(): FakeWatch {
  const changes = new Set<() => void>()
  const events = new Set<(event: EngineEvent) => void>()
  let current: EngineWatch['current'] = { state: 'searching' }
  const idle = async () => {}
  return {
    ...{ start: idle, refresh: idle, stop: idle },
    get current() {
      return current
    },
    onChange(listener) {
      changes.add(listener)
      return () => changes.delete(listener)
    },
    onEvent(listener) {
      events.add(listener)
      return () => events.delete(listener)
    },
    see(found) {
      current =
        typeof found === 'object'
          ? { state: 'available', ...found, source: 'test', tried: [] }
          : ({ state: found, source: null, endpoint: null, tried: [] } as EngineWatch['current'])
      for (const listener of [...changes]) listener()
    },
    emit(event) {
      for (const listener of [...events]) listener({ containerId: '', exitCode: null, at: 0, ...event })
    },
  }
}
