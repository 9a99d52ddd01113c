import { rm } from 'node:fs/promises'
import { ownAddress } from '../support/docker.ts'
import { buildGameImage } from '../support/game-image/build.ts'
import { bundle } from './bundle.ts'
import { connectDocker } from './checker/docker.ts'
import type { Violation } from './checker/judge.ts'
import { createHarness, type Harness, Untrue } from './harness.ts'
import { type Options, readOptions, usage } from './options.ts'
import { createPointMap, killAtPoint, walk } from './point-kills.ts'
import { createChance } from './random.ts'
import { killAtRandom } from './random-kills.ts'
import { emptyTally, report, type Tally } from './tally.ts'

// The crash harness: `npm run test:crash`.

async function main(): Promise<number> {
  if (process.argv.includes('--help')) {
    console.log(usage)
    return 0
  }
  const options = readOptions(process.argv.slice(2))
  const { folder, program } = await bundle('test/crash/child/main.ts')
  const tally = emptyTally()
  try {
    const run = await prepare(options, program, tally)
    process.once('SIGINT', () => void run.end().finally(() => process.exit(130)))
    if (options.mode !== 'points') await random(run)
    if (options.mode !== 'random') await points(run)
    await run.end()
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
  console.log(report(tally, options.seed))
  return tally.violations.length === 0 ? 0 : 1
}

interface Run {
  options: Options
  tally: Tally
  chance: ReturnType<typeof createChance>
  harness(): Harness
  /** One step with its way back; what it finds is counted, and a new folder begun after it. */
  step(work: (harness: Harness) => Promise<string>): Promise<void>
  end(): Promise<void>
}

async function prepare(options: Options, program: string, tally: Tally): Promise<Run> {
  const chance = createChance(options.seed)
  const socket = (process.env.DOCKER_HOST ?? 'unix:///var/run/docker.sock').replace(/^unix:\/\//, '')
  const parts = { program, chance, docker: connectDocker(socket), address: ownAddress() }
  const image = await buildGameImage()
  let harness = await createHarness({ ...parts, image })
  let steps = 0

  async function found(where: string, violations: Violation[]): Promise<void> {
    tally.violations.push({ where, found: violations })
    console.log(`VIOLATION ${where}`)
    for (const { kind, text } of violations) console.log(`  ${kind}: ${text}`)
    console.log(`  the data folder, kept: ${await harness.setAside()}`)
    harness = await createHarness({ ...parts, image })
  }

  return {
    ...{ options, tally, chance },
    harness: () => harness,
    async step(work) {
      const where = `seed ${options.seed} step ${++steps}`
      let words = ''
      try {
        words = await work(harness)
        const time = await harness.untilTrue()
        tally.times.push(time)
        const refusal = harness.refusals.splice(0).join('; ')
        if (refusal) throw new Untrue([{ kind: 'untrue state', text: `refused: ${refusal}` }])
        console.log(`${String(tally.kills).padStart(4)}  ${(time / 1000).toFixed(1)} s  ${words}`)
      } catch (error) {
        if (!(error instanceof Untrue)) throw error
        await found(`${where}: ${words}`, error.violations)
      }
    },
    end: () => (options.keep ? Promise.resolve() : harness.clear()),
  }
}

async function random({ options, tally, chance, step }: Run): Promise<void> {
  console.log(`killing ${options.kills} times at random instants, seed ${options.seed}`)
  while (tally.kills < options.kills)
    await step((harness) => killAtRandom(harness, chance, tally, options.operation))
}

async function points({ options, tally, chance, step }: Run): Promise<void> {
  const map = createPointMap(chance)
  await step(async (harness) => {
    await walk(harness, map, options.operation)
    return `${map.points.size} points seen`
  })
  const before = tally.kills
  while (tally.kills - before < options.kills) {
    const way = map.next(options.each, options.point)
    if (!way) break
    await step(async (harness) => {
      const words = await killAtPoint(harness, chance, tally, way)
      return words
    })
  }
  const short = [...map.points].filter((point) => (tally.points.get(point) ?? 0) < options.each)
  console.log(
    `${map.points.size - short.length} of ${map.points.size} points: at least ${options.each} deaths each`,
  )
  if (short.length > 0) console.log(`fewer: ${short.join(', ')}`)
}

process.exitCode = await main()
