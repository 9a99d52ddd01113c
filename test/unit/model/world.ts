import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { labelsOf } from '../../../src/main/servers/labels.ts'
import { startCore, type TestCore } from '../../support/core.ts'
import { engineInfo, type FakeEngine, fakeEngine, fakeWatch } from '../../support/fake-engine.ts'

/** Ports of a kind. */
export const POOL_SIZE = 8
const QUIET_LIMIT_MS = 20_000

/** The real core, whole, on a real database and a made-up engine, with a clock of its own. */
export interface World {
  readonly core: TestCore['core']
  readonly database: TestCore['database']
  readonly installationId: string
  readonly engine: FakeEngine
  readonly clock: { at: number }
  engineIs(there: boolean): void
  /** The engine tells of something that happened to a server's container. */
  tell(serverId: string, action: 'die' | 'destroy'): void
  /** LightNode ends, or is killed, and starts again on the same folder. */
  restart(): Promise<void>
  /** Until nothing is under way. @throws Error with what goes on */
  quiet(): Promise<void>
  /** The full look, as it is taken every five minutes. */
  look(): void
  end(): Promise<void>
}

let opened = 0

export async function openWorld(): Promise<World> {
  const dataDir = await mkdtemp(join(tmpdir(), 'lightnode-model-'))
  const engine = fakeEngine()
  let watch = fakeWatch()
  const clock = { at: Date.UTC(2026, 0, 1) }
  const start = () =>
    startCore({ dataDir, watch, image: 'game:1', addresses: ['192.0.2.7'], now: () => clock.at })
  const see = (there: boolean) => watch.see(there ? { engine, info: engineInfo } : 'missing')
  let there = true
  see(there)
  let running = await start()
  // Each worker has a place of its own below every system's ephemeral range, and each world in it.
  const first = 20_000 + 400 * (Number(process.env.VITEST_POOL_ID ?? 0) % 12) + 20 * (opened++ % 20)
  running.core.hosts.update({
    id: 'local',
    gamePorts: { first, last: first + POOL_SIZE - 1 },
    rconPorts: { first: first + POOL_SIZE, last: first + 2 * POOL_SIZE - 1 },
  })

  /** Runs and tasks that wait for an engine are as quiet as they get. */
  function busy(): string[] {
    return running.core.servers.list().flatMap(({ name, run, task }) => {
      const runs = run && run.endedAt === null && (there || run.state === 'running')
      const works = task && task.problem === null && there
      return runs || works ? [`${name}: ${run?.state} ${task?.kind ?? ''}`] : []
    })
  }

  return {
    get core() {
      return running.core
    },
    get database() {
      return running.database
    },
    installationId: running.installationId,
    ...{ engine, clock },
    engineIs(now) {
      there = now
      see(there)
    },
    tell(serverId, action) {
      watch.emit({ action, labels: labelsOf(running.installationId, serverId) })
    },
    async restart() {
      await running.stop()
      // Nothing of the life before hears what happens in the next.
      watch = fakeWatch()
      see(there)
      running = await start()
    },
    async quiet() {
      const deadline = Date.now() + QUIET_LIMIT_MS
      let still = 0
      // Twice in a row: between a task and what follows it there is a moment.
      while (still < 3) {
        still = busy().length === 0 ? still + 1 : 0
        if (Date.now() > deadline) throw new Error(`It never becomes quiet: ${busy().join(', ')}`)
        await new Promise((resolve) => setTimeout(resolve, 5))
      }
    },
    look: () => see(there),
    async end() {
      await running.stop()
      engine.close()
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}
