/**
 * Where a server can be, as far as the user can know. `gone`: deleted for good, or never made; `spoilt`: to be running,
 * and its variables keep the next container from it.
 */
export type Place = 'running' | 'stopped' | 'bin' | 'gone' | 'spoilt'

/** What the user asked of one server, and what was answered. What was not answered may be so or not. */
export interface Known {
  readonly id: string
  /** Each set holds what may be: more than one while something was asked and not answered. */
  places: Set<Place>
  /** Whether anybody has accepted the EULA for it: an imported one starts only then. */
  eula: boolean
  /** Its container was made by hand. */
  adopted: boolean
  names: Set<string>
  /** RCON passwords; null: any, as the answer with a new one may have been lost. */
  passwords: Set<string> | null
  panelPassword: string
  /** Game ports; null: any. */
  ports: Set<number> | null
  memoryMb: Set<number>
  versions: Set<string>
  /** What the harness wrote into its world; empty until it was Online. */
  worlds: Set<string>
  /** Earlier worlds by their volume, with what the harness had written into them. */
  copies: Map<string, string>
}

/** The user's memory of one data folder: the one thing that no kill reaches. */
export interface Memory {
  servers: Map<string, Known>
  /** Names of servers that were asked for and not answered: they may be there or not. */
  unanswered: Set<string>
  /** Names that were asked for in one: all of them are there, or none. */
  together: string[][]
  /** Ids of world files that were answered, with the marker in them. */
  backups: Map<string, { serverId: string; world: string }>
  /** Ids of those that were to be deleted: the file goes before its record. */
  removedBackups: Set<string>
}

export function emptyMemory(): Memory {
  return {
    servers: new Map(),
    unanswered: new Set(),
    together: [],
    backups: new Map(),
    removedBackups: new Set(),
  }
}
