/** What the harness tells a child. */
export type Order =
  | { type: 'call'; id: number; path: string; input: unknown }
  /** Die at this hit of this point, counted from now. */
  | { type: 'arm'; point: string; hit: number }
  | { type: 'disarm' }
  /** Which points were passed since the last `arm` or `disarm`. */
  | { type: 'counts'; id: number }

/** What a child tells the harness. */
export type Report =
  | { type: 'ready' }
  | { type: 'answer'; id: number; result: unknown }
  | { type: 'refused'; id: number; code: string; message: string }
  | { type: 'counts'; id: number; counts: Record<string, number> }

/** How a child is started: its one argument, as JSON. */
export interface ChildOptions {
  dataDir: string
  image: string
  /** From its first breath. */
  arm: { point: string; hit: number } | null
}
