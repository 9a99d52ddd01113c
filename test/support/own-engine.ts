import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { createWriteStream, readdirSync, readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import Docker from 'dockerode'
import { localDocker } from './docker.ts'

/** A Docker engine of a test's own, in a network namespace of its own: it may be stopped, killed and started. */
export interface OwnEngine {
  /** unix://… */
  readonly endpoint: string
  readonly docker: Docker
  /** The machine's address in the namespace, as another machine would see it; and ours, as the namespace sees it. */
  readonly address: string
  readonly outside: string
  /** What a program is started by to run in the namespace. */
  readonly inside: readonly string[]
  start(): Promise<void>
  /** As its service manager does it: containers are stopped. */
  stop(): Promise<void>
  /** As `kill -9`, or a crash. */
  kill(): Promise<void>
  /** Takes an image over from the machine's own engine. */
  load(image: string): Promise<void>
  /** Ends everything, and leaves nothing. */
  remove(): Promise<void>
}

/** Whether this machine can have one. Without: in CI an error, elsewhere the reason on standard error and false. */
export function canOwnEngine(): boolean {
  const reason = whyNot()
  if (reason === null) return true
  if (process.env.CI === 'true') throw new Error(`A part of the tests is missing: ${reason}`)
  console.error(`Skipped: ${reason}`)
  return false
}

function whyNot(): string | null {
  if (process.platform !== 'linux') return 'network namespaces are Linux'
  if (process.getuid?.() !== 0) return 'an engine of its own needs root'
  const missing = ['dockerd', 'nsenter', 'ip'].filter((name) => spawnSync('which', [name]).status !== 0)
  if (missing.length > 0) return `${missing.join(' and ')} not installed`
  const name = `lnt-probe-${process.pid}`
  const made = spawnSync('ip', ['netns', 'add', name], { encoding: 'utf8' })
  spawnSync('ip', ['netns', 'del', name])
  return made.status === 0 ? null : `no network namespace can be made: ${made.stderr.trim()}`
}

/** Starts one; `remove` it whatever comes. @throws Error with the engine's last words */
export async function startOwnEngine(): Promise<OwnEngine> {
  const root = await mkdtemp(join(tmpdir(), 'lightnode-engine-'))
  const name = root.slice(-6)
  const namespace = `lnt-${name}`
  const net = 64 + randomInt(128)
  const third = randomInt(256)
  const [outside, address] = [`10.${net}.${third}.1`, `10.${net}.${third}.2`]
  const socket = join(root, 'engine.sock')
  const inside = ['nsenter', `--net=/var/run/netns/${namespace}`]
  const docker = new Docker({ socketPath: socket })
  let daemon: ChildProcess | null = null

  const run = (command: string, ...args: string[]) => execFileSync(command, args, { stdio: 'pipe' })

  function makeNetwork(): void {
    run('ip', 'netns', 'add', namespace)
    run('ip', 'link', 'add', `lo${name}`, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', namespace)
    run('ip', 'addr', 'add', `${outside}/30`, 'dev', `lo${name}`)
    run('ip', 'link', 'set', `lo${name}`, 'up')
    run('ip', '-n', namespace, 'addr', 'add', `${address}/30`, 'dev', 'eth0')
    run('ip', '-n', namespace, 'link', 'set', 'eth0', 'up')
    run('ip', '-n', namespace, 'link', 'set', 'lo', 'up')
    run('ip', '-n', namespace, 'route', 'add', 'default', 'via', outside)
  }

  async function start(): Promise<void> {
    const [command = '', ...enter] = inside
    const options = [
      '--data-root',
      join(root, 'data'),
      '--exec-root',
      join(root, 'exec'),
      '-p',
      join(root, 'pid'),
    ]
    const net = ['--bip', '172.30.0.1/16', '--insecure-registry', `${outside}/32`, '-H', `unix://${socket}`]
    daemon = spawn(command, [...enter, 'dockerd', ...options, ...net], { stdio: ['ignore', 'pipe', 'pipe'] })
    const log = createWriteStream(join(root, 'dockerd.log'), { flags: 'a' })
    daemon.stdout?.pipe(log, { end: false })
    daemon.stderr?.pipe(log, { end: false })
    for (let tries = 0; tries < 300; tries += 1) {
      if (daemon.exitCode !== null) break
      if (await docker.ping().then(Boolean, () => false)) return
      await sleep(100)
    }
    const words = readFileSync(join(root, 'dockerd.log'), 'utf8').split('\n').slice(-15).join('\n')
    throw new Error(`The engine in ${root} does not start:\n${words}`)
  }

  async function end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    const ending = daemon
    daemon = null
    if (!ending || ending.exitCode !== null || ending.signalCode !== null) return
    const exit = new Promise((resolve) => ending.once('exit', resolve))
    ending.kill(signal)
    const timer = setTimeout(() => ending.kill('SIGKILL'), 30_000)
    await exit
    clearTimeout(timer)
    // A killed one leaves its files behind. Its containerd dies with it, and where nobody buries the dead the next
    // engine takes that number for one that runs.
    await rm(join(root, 'pid'), { force: true })
    await rm(join(root, 'exec', 'containerd', 'containerd.pid'), { force: true })
  }

  async function load(image: string): Promise<void> {
    const archive = await localDocker().getImage(image).get()
    const answer = await docker.loadImage(archive)
    for await (const _ of answer);
    await docker.getImage(image).inspect()
  }

  async function remove(): Promise<void> {
    if (daemon) {
      const all = await docker.listContainers({ all: true }).catch(() => [])
      for (const { Id } of all)
        await docker
          .getContainer(Id)
          .remove({ force: true, v: true })
          .catch(() => {})
    }
    await end('SIGTERM')
    endProcesses(root)
    for (const place of mountsUnder(root)) spawnSync('umount', ['-l', place])
    spawnSync('ip', ['netns', 'del', namespace])
    spawnSync('ip', ['link', 'del', `lo${name}`])
    await rm(root, { recursive: true, force: true, maxRetries: 5 })
  }

  const engine: OwnEngine = {
    ...{ endpoint: `unix://${socket}`, docker, address, outside, inside, start, load, remove },
    stop: () => end('SIGTERM'),
    kill: () => end('SIGKILL'),
  }
  try {
    makeNetwork()
    await start()
    return engine
  } catch (error) {
    await remove()
    throw error
  }
}

/** A killed engine leaves its containerd and shims behind: they are known by its folder in their command line. */
function endProcesses(root: string): void {
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      const line = readFileSync(`/proc/${pid}/cmdline`, 'utf8')
      if (Number(pid) !== process.pid && line.includes(root)) process.kill(Number(pid), 'SIGKILL')
    } catch {
      // It has ended meanwhile.
    }
  }
}

/** Innermost first. */
function mountsUnder(root: string): string[] {
  return readFileSync('/proc/self/mounts', 'utf8')
    .split('\n')
    .flatMap((line) => line.split(' ')[1] ?? [])
    .filter((place) => place.startsWith(`${root}/`))
    .sort((a, b) => b.length - a.length)
}
