import type { Outside } from './outside.ts'
import type { Chance } from './random.ts'
import type { Known, Memory, Place } from './record.ts'

/** What an operation asks with. */
export interface Asker {
  call<Result>(path: string, input?: unknown): Promise<Result>
  memory: Memory
  chance: Chance
  outside: Outside
  /** A text that no other call gives. */
  fresh(): string
}

/** Something that a user can ask for. It notes what may be so before it asks, and what must be after the answer. */
export interface Operation {
  name: string
  /** How many servers come of it. */
  makes?: number
  /** The operation that brings a server to where this one needs it; else the usual way there. */
  from?: string
  /** Not beside others. */
  alone?: boolean
  /** What else it needs of the memory. */
  fits?(memory: Memory, server: Known): boolean
  /** Where its server must be; null: it needs none. */
  needs: Place | null
  ask(asker: Asker, server: Known): Promise<void>
}

export const may = <Value>(set: Set<Value>, value: Value) => void set.add(value)
export function must<Value>(set: Set<Value>, value: Value): void {
  set.clear()
  set.add(value)
}

export interface Created {
  id: string
  name: string
  rconPassword: string
  panel: { password: string }
}

/** What servers of the harness may be of. */
export const VERSIONS = ['1.20.4', '1.20.2', 'LATEST']

/** A server whose answer came, or that was found after its answer was lost. */
export function newKnown(id: string, name: string, rconPassword: string, panelPassword: string): Known {
  return {
    ...{ id, names: new Set([name]), places: new Set<Place>(['running']) },
    ...{ passwords: new Set([rconPassword]), panelPassword, ports: null },
    ...{ memoryMb: new Set([512]), versions: new Set(VERSIONS), worlds: new Set<string>() },
    copies: new Map(),
    eula: true,
    adopted: false,
  }
}

/** An answer that can't be right. */
export class Wrong extends Error {
  override readonly name = 'Wrong'
}

interface Shown {
  task: { kind: string; problem: { code: string; message: string } | null } | null
}

/** Waits until the server's task has ended. @throws Wrong when it went wrong */
export async function untilDone(call: Asker['call'], id: string): Promise<void> {
  for (;;) {
    const { task } = await call<Shown>('servers.get', { id })
    if (task === null) return
    if (task.problem) {
      await call('servers.dismissTask', { id })
      throw new Wrong(`the task ${task.kind} ended with ${task.problem.code}: ${task.problem.message}`)
    }
    await new Promise((resolve) => setTimeout(resolve, 30))
  }
}
