import { EngineError } from './types.ts'

/** A time limit that is set anew with every step of the work; one that is over stays so. */
export interface MovingLimit {
  /** For the connection: aborted with the end, and by `stop`. */
  readonly signal: AbortSignal
  /** Rejects with the end. */
  readonly over: Promise<never>
  /** From now on so many milliseconds. */
  allow(ms: number): void
  /** Ends it with another error than `timeout`. */
  end(error: unknown): void
  /** The work is over, and so is its connection. */
  stop(): void
}

/** @param what the work's name, for the error; nothing runs before the first `allow` */
export function movingLimit(what: string): MovingLimit {
  const controller = new AbortController()
  let timer: NodeJS.Timeout | undefined
  let reject: (error: unknown) => void = () => {}
  const over = new Promise<never>((_, no) => {
    reject = no
  })
  over.catch(() => {})
  const end = (error: unknown) => {
    clearTimeout(timer)
    // First: what the closed connection says comes after it.
    reject(error)
    controller.abort()
  }
  return {
    ...{ signal: controller.signal, over, end },
    allow(ms) {
      clearTimeout(timer)
      if (controller.signal.aborted) return
      const message = `${what}: nothing moved for ${ms / 1000} s`
      timer = setTimeout(() => end(new EngineError('timeout', message)), ms)
    },
    stop() {
      clearTimeout(timer)
      controller.abort()
    },
  }
}
