import type { Operation } from './asking.ts'
import type { Harness } from './harness.ts'
import { operations } from './operations.ts'
import type { Chance } from './random.ts'
import type { Known } from './record.ts'
import { count, type Tally } from './tally.ts'

/** Points that a start of LightNode passes, as if it were an operation. */
const START = 'start of LightNode'
const MOST_SERVERS = 7
/** A point that is not reached so often is not tried again in that operation. */
const MOST_MISSES = 3

interface Way {
  point: string
  operation: string
  /** How often the operation passes it. */
  passes: number
  kills: number
  misses: number
}

/** Which operation passes which point, learned by watching. */
export interface PointMap {
  learn(operation: string, counts: Record<string, number>): void
  /** The next to die at; null when each was died at often enough. */
  next(each: number, only: string | null): Way | null
  readonly points: ReadonlySet<string>
}

export function createPointMap(chance: Chance): PointMap {
  const ways = new Map<string, Way>()
  const points = new Set<string>()
  return {
    points,
    learn(operation, counts) {
      for (const [point, passes] of Object.entries(counts)) {
        points.add(point)
        const key = `${operation}\n${point}`
        const way = ways.get(key) ?? { point, operation, passes, kills: 0, misses: 0 }
        way.passes = Math.max(way.passes, passes)
        ways.set(key, way)
      }
    },
    next(each, only) {
      const usable = [...ways.values()].filter(
        ({ misses, point }) => misses < MOST_MISSES && (only === null || point.startsWith(only)),
      )
      const kills = new Map<string, number>()
      for (const way of usable) kills.set(way.point, (kills.get(way.point) ?? 0) + way.kills)
      const least = Math.min(...kills.values())
      if (usable.length === 0 || least >= each) return null
      const behind = usable.filter(({ point }) => kills.get(point) === least)
      // Of one point's ways the least used first.
      const { point } = chance.pick(behind)
      const ofPoint = behind.filter((way) => way.point === point)
      const fewest = Math.min(...ofPoint.map((way) => way.kills + way.misses))
      return chance.pick(ofPoint.filter((way) => way.kills + way.misses === fewest))
    },
  }
}

/** Does every operation once, undisturbed, and learns its points. @throws Untrue */
export async function walk(harness: Harness, map: PointMap, only: string | null): Promise<void> {
  for (const operation of operations) {
    if (only !== null && !operation.name.startsWith(only)) continue
    await harness.trim(MOST_SERVERS)
    const server = await harness.serverFor(operation)
    if (server === null && operation.needs !== null) continue
    harness.child.disarm()
    await harness.perform(operation, server)
    await harness.untilTrue()
    map.learn(operation.name, await harness.child.counts())
  }
  await harness.child.kill()
  harness.launch()
  await harness.untilTrue()
  map.learn(START, await harness.child.counts())
}

/**
 * One death at a point, if it is reached, and the way back.
 *
 * @returns what was done, in words
 * @throws Untrue
 */
export async function killAtPoint(harness: Harness, chance: Chance, tally: Tally, way: Way): Promise<string> {
  await harness.trim(MOST_SERVERS)
  const hit = 1 + chance.below(way.passes)
  const words = `${way.operation} at ${way.point}, pass ${hit}`
  const died =
    way.operation === START ? await dieAtStart(harness, chance, way.point, hit) : await die(harness, way, hit)
  if (died) {
    way.kills += 1
    tally.kills += 1
    count(tally.points, way.point)
    tally.spots.add(`${way.operation}/${way.point}/${hit}`)
    count(tally.operations, way.operation)
    harness.launch()
  } else way.misses += 1
  return died ? words : `${words}: not reached`
}

async function die(harness: Harness, way: Way, hit: number): Promise<boolean> {
  const operation = byName(way.operation)
  const server: Known | null = await harness.serverFor(operation)
  if (server === null && operation.needs !== null) return false
  harness.child.arm(way.point, hit)
  await harness.perform(operation, server)
  await Promise.race([harness.child.gone, harness.untilTrue().catch(() => {})])
  harness.child.disarm()
  return !(await answers(harness))
}

/** What runs on in the background may have reached the point just now: only an answer says that it did not. */
async function answers({ child }: Harness): Promise<boolean> {
  return child.counts().then(
    () => true,
    () => false,
  )
}

/** A start with something to do: the life before was killed in the middle of an operation. */
async function dieAtStart(harness: Harness, chance: Chance, point: string, hit: number): Promise<boolean> {
  const operation = chance.pick(operations)
  const server = await harness.serverFor(operation)
  if (server === null && operation.needs !== null) return false
  const asked = harness.perform(operation, server)
  await new Promise((resolve) => setTimeout(resolve, chance.below(800)))
  await harness.child.kill()
  await asked
  harness.launch({ point, hit })
  await Promise.race([harness.child.gone, harness.untilTrue().catch(() => {})])
  harness.child.disarm()
  return !(await answers(harness))
}

function byName(name: string): Operation {
  const found = operations.find((operation) => operation.name === name)
  if (!found) throw new Error(`no operation ${name}`)
  return found
}
