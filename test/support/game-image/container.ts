import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type Docker from 'dockerode'
import { pack } from 'tar-stream'
import {
  CAPABILITIES,
  DATA_DIR,
  GAME_PORT,
  gameEnvironment,
  IMAGE_USER,
  memoryLimitBytes,
  PASSWORD_FILE,
  PASSWORD_FILE_MODE,
  RCON_PORT,
  STOP_TIMEOUT_SECONDS,
} from '../../../src/main/game/image.ts'
import { localDocker } from '../docker.ts'

// A game container by hand, with the product's own settings, for tests of the image alone.

export interface GameContainer {
  container: Docker.Container
  /** Published on every address. */
  gamePort: number
  /** Published on loopback. */
  rconPort: number
}

export interface GameContainerOptions {
  image: string
  /** On the container and its volume, to clean up by. */
  label: string
  password: string
  /** What differs from the product's settings. */
  env?: Record<string, string | undefined>
  capabilities?: readonly string[]
  memoryMb?: number
  /** Null: no file is put. */
  passwordFile?: { uid: number; mode: number } | null
  volume?: string
}

/** Makes and starts a container with the product's settings but for its ports, which the engine picks. */
export async function runGame(options: GameContainerOptions): Promise<GameContainer> {
  const docker = localDocker()
  const name = `lnt-game-${randomBytes(5).toString('hex')}`
  const labels = { [options.label.split('=')[0] ?? '']: options.label.split('=')[1] ?? '' }
  const memoryMb = options.memoryMb ?? 512
  const volume = options.volume ?? name
  await docker.createVolume({ Name: volume, Labels: labels })
  const env = {
    ...gameEnvironment({
      type: 'VANILLA',
      version: 'LATEST',
      memoryMb,
      name: 'Test world',
      environment: '{}',
    }),
    ...options.env,
  }
  const memory = memoryLimitBytes(memoryMb)
  const container = await docker.createContainer({
    name,
    Image: options.image,
    Labels: labels,
    Env: Object.entries(env).flatMap(([key, value]) => (value === undefined ? [] : [`${key}=${value}`])),
    ExposedPorts: { [`${RCON_PORT}/tcp`]: {} },
    StopTimeout: STOP_TIMEOUT_SECONDS,
    HostConfig: {
      Binds: [`${volume}:${DATA_DIR}`],
      CapDrop: ['ALL'],
      CapAdd: [...(options.capabilities ?? CAPABILITIES)],
      SecurityOpt: ['no-new-privileges'],
      Memory: memory,
      MemorySwap: memory,
      PidsLimit: 1024,
      PortBindings: {
        [`${GAME_PORT}/tcp`]: [{ HostIp: '', HostPort: '' }],
        [`${RCON_PORT}/tcp`]: [{ HostIp: '127.0.0.1', HostPort: '' }],
      },
    },
  })
  const file = options.passwordFile === undefined ? {} : options.passwordFile
  if (file) await putPassword(container, options.password, file)
  await container.start()
  return { container, ...(await publishedPorts(container)) }
}

async function putPassword(
  container: Docker.Container,
  password: string,
  { uid = IMAGE_USER, mode = PASSWORD_FILE_MODE }: { uid?: number; mode?: number },
): Promise<void> {
  const [, folder = '', file = ''] = /^\/(.+)\/(.+)$/.exec(PASSWORD_FILE) ?? []
  const archive = pack()
  archive.entry({ name: folder, type: 'directory', mode: 0o755 })
  archive.entry({ name: `${folder}/${file}`, uid, gid: uid, mode }, password)
  archive.finalize()
  const chunks: Buffer[] = []
  for await (const chunk of archive) chunks.push(Buffer.from(chunk as Uint8Array))
  await container.putArchive(Buffer.concat(chunks), { path: '/' })
}

async function publishedPorts(container: Docker.Container): Promise<{ gamePort: number; rconPort: number }> {
  const { Ports = {} } = (await container.inspect()).NetworkSettings
  const portOf = (port: number): number => Number(Ports[`${port}/tcp`]?.[0]?.HostPort ?? 0)
  return { gamePort: portOf(GAME_PORT), rconPort: portOf(RCON_PORT) }
}

/** The log's lines so far, both streams. */
export async function logOf(container: Docker.Container): Promise<string[]> {
  return unframed(await container.logs({ stdout: true, stderr: true, follow: false })).split('\n')
}

/** What a script prints that the container's Node runs, as root. */
export async function runInside(container: Docker.Container, script: string): Promise<string> {
  const Cmd = ['/usr/local/bin/node', '-e', script]
  const exec = await container.exec({ Cmd, AttachStdout: true, AttachStderr: true })
  const chunks: Buffer[] = []
  for await (const chunk of await exec.start({})) chunks.push(Buffer.from(chunk))
  return unframed(Buffer.concat(chunks))
}

/** The engine's frames: a byte for the stream, three zeros, a big-endian length, the text. */
function unframed(raw: Buffer): string {
  const texts: string[] = []
  for (let at = 0; at + 8 <= raw.length; at += 8 + raw.readUInt32BE(at + 4))
    texts.push(raw.toString('utf8', at + 8, at + 8 + raw.readUInt32BE(at + 4)))
  return texts.join('')
}

/** Waits until a log line holds the text. */
export async function logHas(container: Docker.Container, text: string, seconds = 20): Promise<void> {
  for (let tries = 0; tries < seconds * 10; tries += 1) {
    if ((await logOf(container)).some((line) => line.includes(text))) return
    await sleep(100)
  }
  throw new Error(`The log never says "${text}":\n${(await logOf(container)).join('\n')}`)
}

/** Waits for the container's end. */
export async function endOf(
  container: Docker.Container,
): Promise<{ exitCode: number; outOfMemory: boolean; log: string[] }> {
  await container.wait()
  const { State } = await container.inspect()
  return { exitCode: State.ExitCode, outOfMemory: State.OOMKilled, log: await logOf(container) }
}
