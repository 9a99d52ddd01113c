import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import type { ChildOptions, Order, Report } from './messages.ts'

/** The child died before it answered: whether it was done is for the checker to find out. */
export class ChildDied extends Error {
  override readonly name = 'ChildDied'
}

/** An answer that is an error of the contract. */
export class Refused extends Error {
  override readonly name = 'Refused'
  readonly code: string
  constructor(code: string, message: string) {
    super(message)
    this.code = code
  }
}

/** One life of the core under test. */
export interface Child {
  readonly pid: number
  /** When it was started, in milliseconds of `performance.now()`. */
  readonly startedAt: number
  readonly alive: boolean
  readonly ready: boolean
  /** Its standard error so far. */
  readonly errors: string
  /** Resolves when it is gone. */
  readonly gone: Promise<void>
  /** @throws Refused, ChildDied */
  call<Result>(path: string, input?: unknown): Promise<Result>
  arm(point: string, hit: number): void
  disarm(): void
  counts(): Promise<Record<string, number>>
  /** As `kill -9`. */
  kill(): Promise<void>
}

/**
 * @param surroundings `wrap`: a command that the child is started by (`nsenter --net=…`); `env`: variables on top of
 * our own
 */
export function startChild(
  program: string,
  options: ChildOptions,
  { wrap = [], env = {} }: { wrap?: readonly string[]; env?: Record<string, string> } = {},
): Child {
  const [command = process.execPath, ...rest] = [
    ...wrap,
    process.execPath,
    '--enable-source-maps',
    program,
    JSON.stringify(options),
  ]
  const child: ChildProcess = spawn(command, rest, {
    stdio: ['ignore', 'inherit', 'pipe', 'ipc'],
    env: { ...process.env, ...env },
  })
  const waiting = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>()
  const state = { alive: true, ready: false, errors: '' }
  let asked = 0

  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    state.errors = (state.errors + text).slice(-20_000)
  })
  child.on('message', (report: Report) => {
    if (report.type === 'ready') {
      state.ready = true
      return
    }
    const waiter = waiting.get(report.id)
    waiting.delete(report.id)
    if (report.type === 'answer') waiter?.resolve(report.result)
    if (report.type === 'counts') waiter?.resolve(report.counts)
    if (report.type === 'refused') waiter?.reject(new Refused(report.code, report.message))
  })
  const gone = once(child, 'close').then(() => {
    state.alive = false
    for (const { reject } of waiting.values()) reject(new ChildDied('the child died'))
    waiting.clear()
  })
  // What is sent to one that has just died is lost, as it should be.
  const send = (order: Order) => void child.send(order, () => {})

  function ask<Result>(order: (id: number) => Order): Promise<Result> {
    if (!state.alive) return Promise.reject(new ChildDied('the child is dead'))
    const id = ++asked
    return new Promise<Result>((resolve, reject) => {
      waiting.set(id, { resolve: (value) => resolve(value as Result), reject })
      send(order(id))
    })
  }

  return {
    pid: child.pid ?? 0,
    startedAt: performance.now(),
    gone,
    get alive() {
      return state.alive
    },
    get ready() {
      return state.ready
    },
    get errors() {
      return state.errors
    },
    call: (path, input = {}) => ask((id) => ({ type: 'call', id, path, input })),
    arm: (point, hit) => send({ type: 'arm', point, hit }),
    disarm: () => send({ type: 'disarm' }),
    counts: () => ask((id) => ({ type: 'counts', id })),
    async kill() {
      child.kill('SIGKILL')
      await gone
    },
  }
}
