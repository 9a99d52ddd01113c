import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { homedir } from 'node:os'
import { PassThrough, Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import type Docker from 'dockerode'
import { extract } from 'tar-stream'
import { findOpenTask } from '../../src/main/database/tasks.ts'
import { discoverEngine } from '../../src/main/engine/connect.ts'
import type { Engine, EngineWatch } from '../../src/main/engine/types.ts'
import { watchEngine } from '../../src/main/engine/watch.ts'
import type { Server } from '../../src/shared/model.ts'
import type { WorldBackup } from '../../src/shared/worlds.ts'
import { serverInput, startCore, type TestCore } from '../support/core.ts'

/** Read by a library of others, through a container of the test's own: what every file of a volume is. */
async function worldIn(docker: Docker, image: string, volume: string): Promise<Record<string, string>> {
  const Mounts = [{ Type: 'volume' as const, Source: volume, Target: '/data' }]
  const looker = await docker.createContainer({ Image: image, HostConfig: { Mounts } })
  try {
    const archive = await looker.getArchive({ path: '/data' })
    const entries = extract()
    Readable.from(archive as AsyncIterable<Buffer>).pipe(entries)
    const world: Record<string, string> = {}
    for await (const entry of entries) {
      const { name, type, mode, uid, gid, linkname, mtime } = entry.header
      const content = await buffer(entry as unknown as AsyncIterable<Buffer>)
      const path = name.replace(/^data\/|\/$/g, '')
      if (path === 'data' || path === '') continue
      const sum = createHash('sha256').update(content).digest('hex')
      const time = type === 'file' ? mtime.getTime() / 1000 : ''
      world[path] = [type, mode, uid, gid, linkname ?? '', time, content.length, sum].join(' ')
    }
    return world
  } finally {
    await looker.remove()
  }
}

/** What a backup leaves out, or strikes a line of. */
const secretFiles = ['.rcon-cli.env', '.rcon-cli.yaml', 'server.properties']

export function withoutSecretFiles(world: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(world).filter(([path]) => !secretFiles.includes(path)))
}

/** Runs a program of the test in the game's container, as root. @returns what it writes */
export async function inContainer(docker: Docker, name: string, program: string): Promise<string> {
  const exec = await docker.getContainer(name).exec({
    Cmd: ['/usr/local/bin/node', '-e', program],
    AttachStdout: true,
    AttachStderr: true,
  })
  const stream = await exec.start({})
  const out = new PassThrough()
  docker.modem.demuxStream(stream, out, out)
  stream.on('end', () => out.end())
  const text = (await buffer(out)).toString()
  const { ExitCode } = await exec.inspect()
  if (ExitCode !== 0) throw new Error(text)
  return text
}

/** Everything that a world can hold and an archive can get wrong. */
const oddFiles = `
const fs = require('fs')
const { spawnSync } = require('child_process')
process.umask(0)
const own = (path) => fs.lchownSync(path, 1000, 1000)
fs.mkdirSync('/data/odd', { recursive: true })
const file = (name, content, mode = 0o644) => {
  fs.writeFileSync(name, content)
  fs.chmodSync(name, mode)
  fs.utimesSync(name, 1600000000, 1600000000)
  // Last: this root has the rights of the game's container alone, so what is another's stays as it is.
  own(name)
}
file('/data/odd/empty', '')
file('/data/odd/' + 'n'.repeat(255), 'long name')
let deep = '/data/odd'
for (let n = 0; n < 8; n++) fs.mkdirSync((deep += '/' + String(n).repeat(60)))
file(deep + '/deep', 'deep')
file('/data/odd/größe — 世界 🌍.txt', 'letters')
file(Buffer.concat([Buffer.from('/data/odd/bytes-'), Buffer.from([0xff, 0xfe, 0x80])]), 'odd bytes')
file(Buffer.concat([Buffer.from('/data/odd/bytes-'), Buffer.from([0xff, 0xfe, 0x81])]), 'other odd bytes')
file('/data/odd/with\\nline break', 'line')
file('/data/odd/secret', 'secret', 0o600)
file('/data/odd/run.sh', 'run', 0o755)
fs.mkdirSync('/data/odd/nothing-in-it')
fs.symlinkSync('../world/level.dat', '/data/odd/link')
fs.symlinkSync('/nowhere/at/all', '/data/odd/dangling')
fs.symlinkSync('x'.repeat(300), '/data/odd/long-link')
file('/data/odd/first', 'two names')
fs.linkSync('/data/odd/first', '/data/odd/second')
file('/data/world/r.0.0.mca', require('crypto').randomBytes(5_000_000))
file('/data/world/zeros.mca', Buffer.alloc(3_000_000))
fs.chownSync('/data/odd/run.sh', 0, 7)
`

/** The machine's engine with something between it and the core. */
export function wrappedWatch(wrap: (engine: Engine) => Partial<Engine>): EngineWatch {
  return watchEngine({
    async discover(signal) {
      const found = await discoverEngine({
        ...{ env: process.env, platform: process.platform, home: homedir(), signal },
      })
      if (found.state !== 'available') return found
      const { engine } = found
      return { ...found, engine: { ...engine, ...wrap(engine) } }
    },
  })
}

/** An engine whose answers to one method wait from a moment on, for ever. */
export function hangingAt(method: keyof Engine, applies: (...args: never[]) => boolean = () => true) {
  const state = { hangs: false }
  let tell = () => {}
  const asked = new Promise<void>((resolve) => {
    tell = resolve
  })
  const watch = wrappedWatch((engine) => ({
    [method]: async (...args: never[]) => {
      const work = engine[method] as (...all: never[]) => Promise<unknown>
      if (!state.hangs || !applies(...args)) return work(...args)
      tell()
      const signal = args.find((one: unknown) => one instanceof AbortSignal) as AbortSignal | undefined
      // As a real one, it hears the end; what has no signal is done, and its answer is lost.
      if (!signal) {
        await work(...args)
        throw new Error('the answer is lost')
      }
      if (!signal.aborted) await once(signal, 'abort')
      throw signal.reason
    },
  }))
  return { watch, state, asked }
}

export const online = ({ status }: { status: string }) => status === 'online'
/** For a task about a small world on a slow machine. */
export const TASK_LIMIT_MS = 60_000

/** What the tests do with a core that they open anew, and look at beside it. */
export function worldTools(
  docker: Docker,
  on: { image(): string; get(): TestCore; set(opened: TestCore): void },
) {
  const idle = (id: string): Promise<Server> =>
    on.get().until(id, () => findOpenTask(on.get().database, id) === null, TASK_LIMIT_MS)

  return {
    idle,
    look: (volume: string) => worldIn(docker, on.image(), volume),
    /** A core with one server that is online, and has everything in its world. */
    async open(watch?: EngineWatch): Promise<Server> {
      on.set(await startCore({ image: on.image(), ...(watch && { watch }) }))
      const input = serverInput({ name: 'Wörld', version: '1.20.4' })
      const { id } = await on.get().core.servers.create(input, 'test')
      const server = await on.get().until(id, online)
      await inContainer(docker, server.containerName, oddFiles)
      return server
    },
    async backUp(id: string): Promise<WorldBackup> {
      const { worlds } = on.get().core
      await worlds.backUp(id, 'test')
      const { task } = await idle(id)
      const [backup] = worlds.list(id)
      if (task?.problem || !backup) throw new Error(JSON.stringify(task?.problem))
      return backup
    },
    /** Everything on the engine that carries this installation's id. */
    async ours() {
      const filters = { label: [`org.lightnode.installation=${on.get().installationId}`] }
      const { Volumes } = await docker.listVolumes({ filters })
      const containers = await docker.listContainers({ all: true, filters })
      const helpers = containers.filter(({ Labels }) => Labels['org.lightnode.helper'])
      return {
        volumes: (Volumes ?? []).map(({ Name }) => Name).sort(),
        helpers: helpers.map(({ Names }) => Names[0]),
      }
    },
  }
}
