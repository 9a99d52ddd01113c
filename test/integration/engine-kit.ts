import { randomBytes } from 'node:crypto'
import Docker from 'dockerode'
import { afterAll, beforeAll } from 'vitest'
import { connectEngine } from '../../src/main/engine/connect.ts'
import type { ContainerSpec, Engine, EngineInfo, PortBinding } from '../../src/main/engine/types.ts'
import { makeTinyImage, tinyImageUnavailable } from '../support/tiny-image.ts'

export const socketPath = '/var/run/docker.sock'

/** Null where the tests of this room can run; else why not. */
export async function engineUnavailable(): Promise<string | null> {
  if (tinyImageUnavailable !== null) return tinyImageUnavailable
  const docker = new Docker({ socketPath })
  return docker.ping().then(
    () => null,
    (error: Error) => `no Docker engine at ${socketPath}: ${error.message}`,
  )
}

/** One engine, one tiny image and unique names for a test file; everything made by these names is removed. */
export function useEngine() {
  const docker = new Docker({ socketPath })
  const prefix = `lnt-engine-${randomBytes(4).toString('hex')}`
  const image = `${prefix}:1`
  const kit = {
    docker,
    prefix,
    image,
    engine: undefined as unknown as Engine,
    info: undefined as unknown as EngineInfo,
    name: (suffix: string) => `${prefix}-${suffix}`,
    spec: (suffix: string, command: string, ports: PortBinding[] = []): ContainerSpec => ({
      name: kit.name(suffix),
      image,
      labels: { 'lnt.test': prefix },
      env: { LNT_COMMAND: command },
      ports,
      mount: { type: 'volume', source: `${prefix}-volume`, target: '/data' },
      memoryBytes: 64 * 1024 * 1024,
      pidsLimit: 50,
      capabilities: [],
      stopTimeoutSeconds: 5,
    }),
    /** Creates and returns the id. */
    create: async (suffix: string, command: string, ports: PortBinding[] = []) =>
      (await kit.engine.createContainer(kit.spec(suffix, command, ports))).id,
    state: async (id: string) => (await kit.engine.inspectContainer(id))!,
  }

  beforeAll(async () => {
    const found = await connectEngine([{ source: 'test', endpoint: `unix://${socketPath}`, explicit: true }])
    if (found.state !== 'available') throw new Error(JSON.stringify(found.tried))
    kit.engine = found.engine
    kit.info = found.info
    await makeTinyImage(docker, image)
    await kit.engine.createVolume(`${prefix}-volume`, { 'lnt.test': prefix })
  })

  afterAll(async () => {
    const filters = { name: [prefix] }
    const left = await docker.listContainers({ all: true, filters })
    await Promise.all(left.map(({ Id }) => docker.getContainer(Id).remove({ force: true, v: true })))
    const { Volumes } = await docker.listVolumes({ filters })
    await Promise.all((Volumes ?? []).map(({ Name }) => docker.getVolume(Name).remove()))
    await docker
      .getImage(image)
      .remove()
      .catch(() => {})
  })

  return kit
}

/** A command that stays until it is asked to stop. */
export const stay = "trap 'exit 0' TERM; sleep 1000 & wait"

export async function until<T>(what: string, look: () => Promise<T | false | null | undefined> | T | false) {
  const end = Date.now() + 20_000
  while (Date.now() < end) {
    const found = await look()
    if (found) return found
    await new Promise((resolve) => setTimeout(resolve, 30))
  }
  throw new Error(`waited in vain for ${what}`)
}
