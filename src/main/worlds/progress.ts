import type { Task } from '../servers/tasks.ts'

/** Between two tellings: each carries the whole server. */
const EVERY_MS = 500

/**
 * Begins a step that shows how far it is and can be given up.
 *
 * @param total bytes; null while unknown
 * @returns to be called with the bytes that have come
 */
export function beginStep<P>(task: Task<P>, text: string, total: number | null): (bytes: number) => void {
  task.step(text, { cancellable: true })
  let last = performance.now()
  return (bytes) => {
    if (performance.now() - last < EVERY_MS) return
    last = performance.now()
    task.progress(bytes, total === null ? null : Math.max(total, bytes))
  }
}
