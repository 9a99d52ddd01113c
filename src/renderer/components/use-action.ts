import { useCallback, useState } from 'react'
import { type Problem, problemOf } from '../problem.ts'

export interface Action {
  busy: boolean
  /** What went wrong the last time; stays until it is dismissed or tried again. */
  problem: Problem | null
  /** @returns true when the work was done */
  run(work: () => Promise<unknown>): Promise<boolean>
  dismiss(): void
}

/** One thing a user can ask for: whether it is under way, and what went wrong with it. */
export function useAction(): Action {
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState<Problem | null>(null)
  const run = useCallback(async (work: () => Promise<unknown>) => {
    setBusy(true)
    setProblem(null)
    try {
      await work()
      return true
    } catch (error) {
      setProblem(problemOf(error))
      return false
    } finally {
      setBusy(false)
    }
  }, [])
  const dismiss = useCallback(() => setProblem(null), [])
  return { busy, problem, run, dismiss }
}
