import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Operation, Wrong } from './asking.ts'
import type { Docker } from './checker/docker.ts'
import type { Seen, Violation } from './checker/judge.ts'
import { check } from './checker/look.ts'
import { type Child, ChildDied, Refused, startChild } from './child-process.ts'
import { operations } from './operations.ts'
import { createOutside } from './outside.ts'
import type { Chance } from './random.ts'
import { emptyMemory, type Known, type Memory, type Place } from './record.ts'
import { settle } from './settle.ts'

/** From a restart until all is true. */
const LIMIT_MS = 30_000
const LOOK_EVERY_MS = 100
/** Ports of a kind. */
const POOL_SIZE = 50

export interface HarnessOptions {
  program: string
  image: string
  docker: Docker
  /** Of this machine, not loopback. */
  address: string
  chance: Chance
}

/** All was not true in time. */
export class Untrue extends Error {
  override readonly name = 'Untrue'
  readonly violations: Violation[]
  constructor(violations: Violation[]) {
    super(violations.map(({ kind, text }) => `${kind}: ${text}`).join('\n'))
    this.violations = violations
  }
}

/** A data folder with the lives of the core in it, and what the user remembers of them. */
export interface Harness {
  readonly memory: Memory
  readonly child: Child
  /** Answers that no user should get, so far. */
  readonly refusals: string[]
  /** A new life on the same folder. */
  launch(arm?: { point: string; hit: number }): void
  /** Asks for it; resolves when it was answered or the child died. */
  perform(operation: Operation, server: Known | null): Promise<void>
  /** Waits until all is true. @returns milliseconds since the child was started. @throws Untrue */
  untilTrue(): Promise<number>
  /** A server that the operation can be asked for; brings one there when there is none. @throws Untrue */
  serverFor(operation: Operation): Promise<Known | null>
  /** Deletes the oldest servers for good until there are no more than so many. @throws Untrue */
  trim(most: number): Promise<void>
  /** Ends the child, removes containers and volumes, and leaves the folder to be looked at. @returns where it is */
  setAside(): Promise<string>
  /** Removes all that this folder's installation made, and the folder. */
  clear(): Promise<void>
}

export async function createHarness(options: HarnessOptions): Promise<Harness> {
  const { program, image, docker, address, chance } = options
  const dataDir = await mkdtemp(join(tmpdir(), 'lightnode-crash-'))
  const memory = emptyMemory()
  const refusals: string[] = []
  const outside = createOutside(docker, image, address)
  let installationId = ''
  let texts = 0
  const fresh = () => `${++texts}`
  let child: Child = startChild(program, { dataDir, image, arm: null })

  const launch = (arm: { point: string; hit: number } | null = null) => {
    child = startChild(program, { dataDir, image, arm })
  }

  async function look(): Promise<{ seen: Seen | null; violations: Violation[] }> {
    try {
      const { seen, violations } = await check({ docker, dataDir, address }, memory)
      installationId = seen.database.installationId
      return { seen, violations }
    } catch (error) {
      return { seen: null, violations: [{ kind: 'untrue state', text: `nothing can be read: ${error}` }] }
    }
  }

  /** After a database was put back LightNode only looks until a person says so. */
  async function confirm(): Promise<void> {
    const state = await child.call<{ lookOnly: object | null }>('data.state').catch(() => null)
    if (state?.lookOnly) await child.call('data.confirm').catch(() => {})
  }

  async function untilTrue(): Promise<number> {
    const life = child
    const deadline = performance.now() + LIMIT_MS
    for (;;) {
      const { ready } = life
      if (ready) await confirm()
      const { seen, violations } = await look()
      if (!life.alive)
        throw new Untrue([{ kind: 'untrue state', text: `the core ended by itself: ${life.errors}` }])
      if (seen && violations.length === 0 && ready) {
        settle(memory, seen, fresh)
        return performance.now() - life.startedAt
      }
      if (performance.now() > deadline) throw new Untrue(violations)
      await sleep(LOOK_EVERY_MS)
    }
  }

  async function perform(operation: Operation, server: Known | null): Promise<void> {
    const asker = { call: child.call, memory, chance, fresh, outside }
    try {
      await operation.ask(asker, server as Known)
    } catch (error) {
      if (error instanceof ChildDied) return
      if (error instanceof Wrong) refusals.push(`${operation.name}: ${error.message}`)
      else if (error instanceof Refused) refusals.push(`${operation.name}: ${error.code} ${error.message}`)
      else throw error
    }
  }

  const byName = (name: string): Operation => {
    const found = operations.find((operation) => operation.name === name)
    if (!found) throw new Error(`no operation ${name}`)
    return found
  }
  const inPlace = (place: Operation['needs']) =>
    [...memory.servers.values()].filter(({ places }) => places.size === 1 && places.has(place ?? 'gone'))

  /** A server with everything that operations may need: a marked world, a backup, an earlier world. */
  async function prepared(needs: Place, fits: NonNullable<Operation['fits']>): Promise<Known | null> {
    await perform(byName('create'), null)
    await untilTrue()
    const known = [...memory.servers.values()].at(-1) ?? null
    if (!known) return null
    for (const name of [
      'back up running',
      'change version running',
      ...(needs === 'stopped' ? ['stop'] : []),
    ]) {
      await perform(byName(name), known)
      await untilTrue()
    }
    return known.places.has(needs) && fits(memory, known) ? known : null
  }

  async function serverFor({
    needs,
    fits,
    from,
  }: Pick<Operation, 'needs' | 'fits' | 'from'>): Promise<Known | null> {
    if (needs === null) return null
    const there = inPlace(needs).filter((known) => fits?.(memory, known) ?? true)
    if (there.length > 0) return chance.pick(there)
    if (from !== undefined) {
      const step = byName(from)
      await perform(step, await serverFor(step))
      await untilTrue()
      return inPlace(needs).findLast((known) => fits?.(memory, known) ?? true) ?? null
    }
    if (fits) return prepared(needs, fits)
    const way = { running: 'start', stopped: 'stop', bin: 'remove stopped', gone: 'purge', spoilt: '' }[needs]
    const name = needs === 'running' && inPlace('stopped').length === 0 ? 'create' : way
    const step = byName(name)
    await perform(step, await serverFor(step))
    await untilTrue()
    return serverFor({ needs })
  }

  async function trim(most: number): Promise<void> {
    const gone = [...memory.servers.values()].slice(0, Math.max(0, memory.servers.size - most))
    for (const known of gone) {
      if (!known.places.has('bin')) await perform(byName('remove running'), known)
      await perform(byName('purge'), known)
    }
    if (gone.length > 0) await untilTrue()
  }

  async function setUp(): Promise<void> {
    // Ports of its own: other tests on the same engine take from the usual ones.
    const first = 27_000 + (process.pid % 40) * 2 * POOL_SIZE
    await child.call('hosts.update', {
      id: 'local',
      gamePorts: { first, last: first + POOL_SIZE - 1 },
      rconPorts: { first: first + POOL_SIZE, last: first + 2 * POOL_SIZE - 1 },
    })
    await untilTrue()
  }

  async function setAside(): Promise<string> {
    await child.kill()
    if (installationId) await docker.clear(`org.lightnode.installation=${installationId}`)
    await outside.clear()
    return dataDir
  }

  const clear = async () => rm(await setAside(), { recursive: true, force: true })

  await setUp()
  return {
    ...{ memory, refusals, launch, perform, untilTrue, serverFor, trim, setAside, clear },
    get child() {
      return child
    },
  }
}
