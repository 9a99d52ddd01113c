import { type BinRow, beginPurge, forgetServer, otherVolumes } from '../database/bin.ts'
import type { Database } from '../database/open.ts'
import { type Engine, EngineError } from '../engine/types.ts'
import type { RecordActivity } from '../observe/activity.ts'
import { labelsOf } from './labels.ts'

export interface PurgeDeps {
  database: Database
  installationId: string
  activity: RecordActivity
  now(): number
}

/**
 * Deletes what a server in the bin has, for good: the one removal of worlds. A person asked for it by name; from its
 * first write on it is finished, after a crash by whoever finds that write. Whoever asks for what is under way
 * shares it.
 *
 * @returns a function that rejects with EngineError; the entry stays in the bin then, to be asked for again
 */
export function createPurge(deps: PurgeDeps) {
  const { database } = deps
  const purging = new Map<string, Promise<void>>()

  async function purge(engine: Engine, row: BinRow, actor: string): Promise<void> {
    beginPurge(database, row.id, deps.now())
    for (const volume of volumesOf(row)) await removeVolume(engine, row, volume)
    // Rows last: after a crash it is all done again.
    forgetServer(database, row.id, deps.now())
    // Without its id: there is nothing to go to any more.
    deps.activity({
      serverName: row.name,
      actor,
      action: 'server.purged',
      message: `${row.name} was deleted for good. ${whereItsWorldIs(row)}`,
    })
  }

  /** Its world and the earlier ones; the mount of an adopted container was never ours. */
  function volumesOf(row: BinRow): string[] {
    return [...(row.adopted === 1 ? [] : [row.volumeName]), ...otherVolumes(database, row.id)]
  }

  async function removeVolume(engine: Engine, row: BinRow, name: string): Promise<void> {
    try {
      await engine.removeVolume(name, labelsOf(deps.installationId, row.id))
    } catch (error) {
      // What an adopted server had before a restore does not carry our labels, and stays.
      const foreign = error instanceof EngineError && error.kind === 'rejected' && row.adopted === 1
      if (!foreign) throw error
    }
  }

  return (engine: Engine, row: BinRow, actor: string): Promise<void> => {
    const running = purging.get(row.id) ?? purge(engine, row, actor).finally(() => purging.delete(row.id))
    purging.set(row.id, running)
    return running
  }
}

function whereItsWorldIs({ adopted, mountType, volumeName }: BinRow): string {
  if (adopted === 0) return 'Its world went with it.'
  return `Its world stays where it was, in the ${mountType === 'bind' ? 'folder' : 'volume'} ${volumeName}.`
}
