import { useEffect, useRef, useState } from 'react'
import { type Problem, problemOf } from '../problem.ts'
import { useApp } from '../store/store.ts'

export interface Loaded<Value> {
  /** Null until it has been loaded for the first time. */
  value: Value | null
  /** Why it could not be loaded the last time. */
  problem: Problem | null
}

/**
 * What a page asks for itself, while LightNode answers.
 *
 * @param load asks the core
 * @param stamp changes when the answer may have: then it is asked for again
 */
export function useLoaded<Value>(load: () => Promise<Value>, stamp: string | number): Loaded<Value> {
  const live = useApp((state) => state.connection === 'live')
  const [loaded, setLoaded] = useState<Loaded<Value>>({ value: null, problem: null })
  const newest = useRef(load)
  newest.current = load
  // biome-ignore lint/correctness/useExhaustiveDependencies: the stamp is the reason to ask again.
  useEffect(() => {
    if (!live) return
    let wanted = true
    newest.current().then(
      (value) => wanted && setLoaded({ value, problem: null }),
      (error: unknown) => wanted && setLoaded(({ value }) => ({ value, problem: problemOf(error) })),
    )
    return () => {
      wanted = false
    }
  }, [live, stamp])
  return loaded
}
