import { setTimeout as sleep } from 'node:timers/promises'
import type { Operation } from './asking.ts'
import type { Harness } from './harness.ts'
import { operations } from './operations.ts'
import type { Chance } from './random.ts'
import type { Known } from './record.ts'
import { count, type Tally } from './tally.ts'

/** Answers take the first of these, a launch to Online the last; kills fall anywhere in them. */
const LONGEST_MS = [100, 600, 2500] as const
const LONGEST_START_MS = 1500
/** Of kills: in the start that follows a kill. */
const AGAIN = 0.2
const MOST_SERVERS = 6

interface Act {
  operation: Operation
  server: Known | null
}

/** Operations side by side, each on a server of its own; fewer where there is nothing to do them on. */
function chooseActs(harness: Harness, chance: Chance, only: string | null): Act[] {
  const free = new Set(harness.memory.servers.values())
  const acts: Act[] = []
  const wanted = 1 + chance.below(3)
  let servers = free.size
  for (let tries = 0; tries < 30 && acts.length < wanted; tries += 1) {
    const operation = chance.pick(operations)
    if (only !== null && !operation.name.startsWith(only)) continue
    const { needs, fits } = operation
    // One that goes alone is the only one.
    if (operation.alone && acts.length > 0) continue
    if (acts.some((act) => act.operation.alone)) break
    const makes = operation.makes ?? 0
    if (makes > 0 && servers >= MOST_SERVERS) continue
    if (needs === null) {
      servers += makes
      acts.push({ operation, server: null })
      continue
    }
    const fitting = [...free].filter(
      (known) => known.places.has(needs) && (fits?.(harness.memory, known) ?? true),
    )
    if (fitting.length === 0) continue
    const server = chance.pick(fitting)
    free.delete(server)
    servers += makes
    acts.push({ operation, server })
  }
  return acts
}

/**
 * One kill at a random instant of random operations, or of the start after it, and the way back.
 *
 * @returns what was killed, in words
 * @throws Untrue
 */
export async function killAtRandom(
  harness: Harness,
  chance: Chance,
  tally: Tally,
  only: string | null,
): Promise<string> {
  const acts = chooseActs(harness, chance, only)
  const at = chance.below(chance.pick(LONGEST_MS))
  const asked = acts.map(({ operation, server }) => harness.perform(operation, server))
  await Promise.race([sleep(at), harness.child.gone])
  await harness.child.kill()
  await Promise.all(asked)
  tally.kills += 1
  for (const { operation } of acts) count(tally.operations, operation.name)
  let words = `${acts.map(({ operation }) => operation.name).join(' + ')} after ${at} ms`
  while (chance.next() < AGAIN) {
    harness.launch()
    const early = chance.below(LONGEST_START_MS)
    await sleep(early)
    await harness.child.kill()
    tally.kills += 1
    count(tally.operations, 'start of LightNode')
    words += `, again ${early} ms after the start`
  }
  harness.launch()
  return words
}
