import { parseArgs } from 'node:util'

export interface Options {
  /** Of `points`: at least this often each; of `random`: so many in all. */
  mode: 'points' | 'random' | 'both'
  kills: number
  seed: number
  /** Least number of deaths at each point. */
  each: number
  /** Only these, by the start of their names. */
  point: string | null
  operation: string | null
  /** Leaves data folder, containers and volumes behind. */
  keep: boolean
}

export const usage = `Usage: npm run test:crash -- [--kills 200] [--mode random|points|both] [--seed N]
  [--each 5] [--point NAME] [--operation NAME] [--keep]

Kills LightNode's core again and again and looks whether it comes right. random: at random instants, so many times
as --kills says. points: at every point before and after what it asks of the engine and writes to the database,
each --each times, and no more than --kills in all. both: first the one, then the other.`

/** @throws Error with a sentence for the user */
export function readOptions(argv: string[]): Options {
  const { values } = parseArgs({
    args: argv,
    options: {
      mode: { type: 'string', default: 'random' },
      kills: { type: 'string', default: '200' },
      seed: { type: 'string' },
      each: { type: 'string', default: '5' },
      point: { type: 'string' },
      operation: { type: 'string' },
      keep: { type: 'boolean', default: false },
    },
  })
  const { mode, point = null, operation = null, keep } = values
  if (mode !== 'points' && mode !== 'random' && mode !== 'both')
    throw new Error(`There is no mode "${mode}".`)
  const kills = whole('kills', values.kills)
  const seed = values.seed === undefined ? Date.now() % 1_000_000 : whole('seed', values.seed)
  return { mode, kills, seed, each: whole('each', values.each), point, operation, keep }
}

function whole(name: string, text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new Error(`--${name} is a whole number, not "${text}".`)
  return Number(text)
}
