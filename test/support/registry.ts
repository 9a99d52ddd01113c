import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { accessSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import type Docker from 'dockerode'
import { pack } from 'tar-stream'
import { localDocker } from './docker.ts'

const binary = '/usr/bin/docker-registry'

export interface Registry {
  /** localhost:PORT: the engine speaks plain HTTP with it. */
  host: string
  /**
   * Pushes an image of the engine as HOST/lightnode/game:1 and takes that name away from the engine again.
   * @param options `freshMegabytes`: a layer of that size on top that the engine does not keep, so that a
   * pull has something to download
   * @returns the reference to pull
   */
  pushImage(tag: string, options?: { freshMegabytes?: number }): Promise<string>
  stop(): Promise<void>
}

/** Whether Debian's docker-registry is installed. Without it: in CI an error, elsewhere a printed reason. */
export function hasRegistry(): boolean {
  try {
    accessSync(binary)
    return true
  } catch {
    const reason = `${binary} is not installed (apt package docker-registry)`
    if (process.env.CI === 'true') throw new Error(`A part of the tests is missing: ${reason}`)
    console.error(`Skipped: ${reason}`)
    return false
  }
}

/**
 * Starts an image registry on a free port of loopback, its storage in a folder of its own.
 *
 * @param options `address`: another one to listen on, which the engine must take as insecure; `docker`: the engine
 * that pushes
 */
export async function startRegistry(options: { address?: string; docker?: Docker } = {}): Promise<Registry> {
  const { address = '127.0.0.1', docker = localDocker() } = options
  const folder = await mkdtemp(join(tmpdir(), 'lightnode-registry-'))
  const port = await freePort()
  const config = {
    version: 0.1,
    log: { level: 'error' },
    storage: { filesystem: { rootdirectory: join(folder, 'storage') } },
    http: { addr: `${address}:${port}` },
  }
  // JSON is YAML.
  await writeFile(join(folder, 'config.yml'), JSON.stringify(config))
  const child = spawn(binary, ['serve', join(folder, 'config.yml')], { stdio: 'ignore' })
  const stop = async (): Promise<void> => {
    await ended(child)
    await rm(folder, { recursive: true, force: true })
  }
  const host = `${address === '127.0.0.1' ? 'localhost' : address}:${port}`
  try {
    await answers(`http://${host}/v2/`, child)
  } catch (error) {
    await stop()
    throw error
  }
  return {
    host,
    stop,
    pushImage: (tag, options = {}) => push(docker, host, tag, options.freshMegabytes ?? 0),
  }
}

async function push(docker: Docker, host: string, tag: string, freshMegabytes: number): Promise<string> {
  const name = `${host}/lightnode/game`
  const reference = `${name}:1`
  if (freshMegabytes > 0) await buildOnTop(docker, tag, reference, freshMegabytes)
  else await docker.getImage(tag).tag({ repo: name, tag: '1' })
  await followed(
    docker,
    await docker
      .getImage(reference)
      .push({ authconfig: { username: '', password: '', serveraddress: host } }),
  )
  await docker.getImage(reference).remove()
  return reference
}

async function buildOnTop(docker: Docker, tag: string, reference: string, megabytes: number): Promise<void> {
  const archive = pack()
  archive.entry({ name: 'Dockerfile' }, `FROM ${tag}\nCOPY fresh /fresh\n`)
  archive.entry({ name: 'fresh' }, randomBytes(megabytes * 1024 * 1024))
  archive.finalize()
  await followed(
    docker,
    await docker.buildImage(Readable.from(archive), { t: reference, rm: true, forcerm: true }),
  )
}

async function followed(docker: Docker, stream: NodeJS.ReadableStream): Promise<void> {
  const lines = await new Promise<{ error?: string }[]>((resolve, reject) => {
    docker.modem.followProgress(stream, (error, output) => (error ? reject(error) : resolve(output)))
  })
  const refusal = lines.find(({ error }) => error)?.error
  if (refusal) throw new Error(refusal)
}

async function answers(url: string, child: ChildProcess): Promise<void> {
  for (let tries = 0; tries < 100; tries += 1) {
    if (child.exitCode !== null) throw new Error(`docker-registry ended with exit code ${child.exitCode}`)
    const ok = await fetch(url).then(
      (response) => response.ok,
      () => false,
    )
    if (ok) return
    await sleep(100)
  }
  throw new Error('docker-registry does not answer')
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exit = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGTERM')
  const timer = setTimeout(() => child.kill('SIGKILL'), 5000)
  await exit
  clearTimeout(timer)
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  if (typeof address !== 'object' || !address) throw new Error('no free port')
  return address.port
}
