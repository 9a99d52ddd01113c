import { join } from 'node:path'
import { version } from '../../package.json'
import { LightNodeError } from '../shared/errors.ts'
import { type App, type AppOptions, createApp } from './app.ts'
import { prepareDataDir } from './data-dir.ts'
import { storageProblem } from './database/storage.ts'
import { answerSeconds, claimDataDir, type InstanceAnswer } from './instance.ts'
import { helpText, type Options, parseOptions } from './options.ts'

/** How long the application may take to close, in milliseconds. */
const CLOSE_LIMIT = 10_000

export interface Started {
  app: App
  dataDir: string
  /** Ends everything, within ten seconds. */
  close(): Promise<void>
}

/** Writes one line to standard output. */
export function print(line: string): void {
  process.stdout.write(`${line}\n`)
}

/** One line on standard error that says what happened and what to do. */
export function printError(error: unknown): void {
  process.stderr.write(`${describeError(error)}\n`)
}

/** An error in one line: its code, what happened, what to do. */
export function describeError(error: unknown): string {
  const known = storageProblem(error) ?? error
  if (known instanceof LightNodeError) return `${known.code}: ${known.message} ${known.data.remedy}`
  const cause = error instanceof Error ? (error.stack ?? error.message) : String(error)
  return `INTERNAL: LightNode could not start. ${cause}`
}

/**
 * Reads the command line; prints and names the exit code where there is nothing to run.
 *
 * @returns the options, or the code to exit with
 */
export function readOptions(argv: string[], unknown: 'refuse' | 'ignore'): Options | number {
  const parsed = parseOptions(argv, unknown)
  if (parsed.kind === 'run') return parsed.options
  if (parsed.kind === 'wrong') {
    process.stderr.write(`${parsed.message}\n`)
    return 2
  }
  print(parsed.what === 'help' ? helpText.trimEnd() : version)
  return 0
}

/**
 * Takes the data folder and starts the application in it; where another process has the folder, says where
 * that is.
 *
 * @param prepare called with the folder before anything is opened in it
 * @param answer what second processes are told
 * @returns what runs now, or the code to exit with
 * @throws LightNodeError and whatever else keeps it from starting
 */
export async function start(
  options: Options,
  parts: Pick<AppOptions, 'mode' | 'keyring' | 'clipboard'> & {
    dataDir?: string
    answer: (app: App) => Omit<InstanceAnswer, 'pid'>
  },
): Promise<Started | number> {
  const dataDir = parts.dataDir ?? prepareDataDir(options)
  const claim = await claimDataDir(dataDir)
  if (claim.kind === 'silent') {
    process.stderr.write(`Another LightNode has ${dataDir} and does not answer. End it and try again.\n`)
    return 1
  }
  if (claim.kind === 'second') {
    if (options.restore !== null) {
      process.stderr.write(`LightNode is running on ${dataDir}: nothing was restored. End it first.\n`)
      return 1
    }
    announce(options, dataDir, claim.answer, 'already')
    return 0
  }
  const { lock } = claim
  try {
    const app = await createApp({
      mode: parts.mode,
      dataDir,
      port: options.port,
      version,
      demo: options.demo,
      image: options.image,
      restore: options.restore,
      rendererDir: join(import.meta.dirname, '..', 'renderer'),
      keyring: parts.keyring,
      clipboard: parts.clipboard,
    })
    const seconds = await answerSeconds(dataDir, () => ({ ...parts.answer(app), pid: process.pid }))
    return { app, dataDir, close: () => within(CLOSE_LIMIT, [seconds.close(), app.close()]) }
  } catch (error) {
    lock.release()
    throw error
  }
}

/** The lock is not let go of here: it goes with the process, when nothing of it can write any more. */
async function within(limit: number, endings: Promise<void>[]): Promise<void> {
  const late = new Promise<void>((resolve) => setTimeout(resolve, limit).unref())
  await Promise.race([Promise.all(endings), late])
}

/** Says where LightNode is: a sentence, or with --json one object on a line of its own. */
export function announce(
  options: Options,
  dataDir: string,
  answer: InstanceAnswer,
  when: 'now' | 'already',
): void {
  const { mode, url, pid } = answer
  if (options.json) print(JSON.stringify({ mode, url, dataDir, pid }))
  else if (mode === 'browser') print(`LightNode is ${when === 'already' ? 'running already ' : ''}at ${url}`)
  else if (when === 'already') print('LightNode is open already; its window was brought to the front.')
}
