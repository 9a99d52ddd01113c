import { createHash, randomFillSync } from 'node:crypto'
import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { expect } from 'vitest'
import { type Database, openDatabase } from '../../../src/main/database/open.ts'
import { dump } from '../core/kit.ts'

/** SQLite's file format, chapter 4.1: a header of 32 bytes, then frames of 24 bytes and a page each. */
const HEADER = 32
const FRAME_HEADER = 24

export interface Frame {
  start: number
  end: number
  page: number
  /** True for the last frame of a transaction: it holds the size of the database after it. */
  commits: boolean
}

export function framesOf(wal: Buffer): Frame[] {
  const size = FRAME_HEADER + wal.readUInt32BE(8)
  const frames: Frame[] = []
  for (let start = HEADER; start + size <= wal.length; start += size)
    frames.push({
      ...{ start, end: start + size, page: wal.readUInt32BE(start) },
      commits: wal.readUInt32BE(start + 4) !== 0,
    })
  return frames
}

/** The content of a database as a short text, to compare. */
function contentOf(database: Database): string {
  return createHash('sha256')
    .update(JSON.stringify(dump(database)))
    .digest('hex')
}

export interface Recording {
  file: string
  /** The database before the first commit; everything since is in the log. */
  base: Buffer
  log(): Buffer
  /** After each commit: how long the log was, and what the database held. The first is that of before. */
  states: { length: number; content: string }[]
}

/**
 * Notes what a database in a file holds after each commit from now on. The log is never folded into the file
 * meanwhile, so that all of it can be replayed.
 */
export function record(database: Database, file: string): Recording {
  database.pragma('wal_checkpoint(TRUNCATE)')
  database.pragma('wal_autocheckpoint = 0')
  const recording: Recording = {
    file,
    base: readFileSync(file),
    log: () => readFileSync(`${file}-wal`),
    states: [{ length: 0, content: contentOf(database) }],
  }
  let looking = false
  const look = () => {
    if (looking || database.inTransaction) return
    const length = statSync(`${file}-wal`).size
    if (length === recording.states.at(-1)?.length) return
    looking = true
    recording.states.push({ length, content: contentOf(database) })
    looking = false
  }
  const followed =
    <Given extends unknown[], Result>(work: (...given: Given) => Result) =>
    (...given: Given): Result => {
      const result = work(...given)
      look()
      return result
    }
  const { prepare, transaction, exec } = database
  database.prepare = ((sql: string) => {
    const statement = prepare.call(database, sql)
    for (const name of ['run', 'get', 'all'] as const)
      statement[name] = followed(statement[name].bind(statement)) as never
    return statement
  }) as typeof database.prepare
  database.transaction = ((work: () => unknown) => {
    const { immediate, exclusive, default: plain } = transaction.call(database, work)
    return Object.assign(followed(plain), { immediate: followed(immediate), exclusive: followed(exclusive) })
  }) as unknown as typeof database.transaction
  database.exec = followed(exec.bind(database))
  return recording
}

/** Puts a database and its log down as a power cut leaves them. */
function putDown(file: string, base: Buffer, log: Buffer): void {
  for (const part of ['-wal', '-shm']) rmSync(file + part, { force: true })
  writeFileSync(file, base)
  if (log.length > 0) writeFileSync(`${file}-wal`, log)
}

interface Cut {
  what: string
  log: Buffer
  /** What of the log is whole, from its start. */
  whole: number
}

/** Every way in which the log may end at a frame. */
export function* cutsOf(log: Buffer): Generator<Cut> {
  yield { what: 'no log', log: Buffer.alloc(0), whole: 0 }
  yield { what: 'half a header', log: log.subarray(0, 16), whole: 0 }
  for (const [index, { start, end }] of framesOf(log).entries()) {
    const damaged = (change: (log: Buffer) => void, length = log.length) => {
      const bytes = Buffer.from(log.subarray(0, length))
      change(bytes)
      // What was written may happen to be what it was damaged to.
      return bytes.equals(log.subarray(0, length)) ? null : bytes
    }
    yield { what: `after frame ${index}`, log: log.subarray(0, end), whole: end }
    yield { what: `in the header of frame ${index}`, log: log.subarray(0, start + 10), whole: start }
    yield { what: `in the page of frame ${index}`, log: log.subarray(0, start + 1500), whole: start }
    const variants = {
      'the last sector of the frame is empty': damaged((bytes) => bytes.fill(0, end - 512, end), end),
      'a sector of the frame is garbage': damaged((bytes) => randomFillSync(bytes, start + 512, 512), end),
      // The disk may write what comes later first.
      'the frame is missing, those after it are there': damaged((bytes) => bytes.fill(0, start, end)),
      'the log is as long as it was to be, and empty from here': damaged((bytes) => bytes.fill(0, start)),
    }
    for (const [what, bytes] of Object.entries(variants))
      if (bytes) yield { what: `${what} (${index})`, log: bytes, whole: start }
  }
}

/** Opens what the cut left as every start does. @returns what it holds, unless something else is to be read */
export function openAfter(file: string, base: Buffer, log: Buffer, read = contentOf): string {
  putDown(file, base, log)
  const database = openDatabase(file)
  try {
    expect(database.pragma('integrity_check', { simple: true })).toBe('ok')
    expect(database.pragma('foreign_key_check')).toEqual([])
    return read(database)
  } finally {
    database.close()
  }
}

/** What was committed at or before that length of the log. */
export function contentAt({ states }: Recording, length: number): string {
  return states.filter((state) => state.length <= length).at(-1)?.content ?? ''
}
