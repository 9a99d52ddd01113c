import { LightNodeError } from '../../shared/errors.ts'
import type { Database } from '../database/open.ts'
import { findServer, type ServerRow, updateServer } from '../database/servers.ts'
import type { Engine } from '../engine/types.ts'
import { STOP_TIMEOUT_SECONDS } from '../game/image.ts'
import { findOwnContainer } from '../servers/own-container.ts'
import { examine, standingOf } from './examine.ts'
import { type WriteDeps, writeAgain } from './write.ts'

export interface TakeBackDeps extends WriteDeps {
  database: Database
  installationId: string
}

/** Goes back to the container that a new one took the place of. */
export type TakeBack = (engine: Engine, server: ServerRow) => Promise<void>

/**
 * The record says again what the old container is made of: port, memory, password, variables, type and version. The
 * new one is removed first; its world is mounted in both and stays. Safe to repeat.
 *
 * @throws LightNodeError NOT_FOUND when the old one is gone, PORT_TAKEN when its port was given to another server,
 *   BUSY; EngineError
 */
export function createTakeBack(deps: TakeBackDeps): TakeBack {
  const { database, installationId } = deps

  return async (engine, server) => {
    const { id, replacedContainerId } = server
    const old = replacedContainerId === null ? null : await engine.inspectContainer(replacedContainerId)
    if (!old) {
      updateServer(database, id, { replacedContainerId: null })
      throw new LightNodeError('NOT_FOUND', 'The old container was removed outside LightNode.')
    }
    const examined = await examine(engine, old, null)
    await refuseLostPort(engine, server, examined)
    const made = await findOwnContainer(engine, server, installationId)
    if (made && made.id !== old.id) {
      if (['running', 'restarting', 'paused'].includes(made.status))
        await engine.stopContainer(made.id, STOP_TIMEOUT_SECONDS)
      await engine.removeContainer(made.id)
    }
    await refuseLostPort(engine, server, examined)
    database.transaction(() => {
      const now = findServer(database, id)
      if (now?.replacedContainerId !== old.id || now.containerId !== server.containerId)
        throw new LightNodeError('BUSY')
      writeAgain(deps, now, examined)
    })()
  }

  async function refuseLostPort(
    engine: Engine,
    server: ServerRow,
    examined: Parameters<typeof standingOf>[2],
  ): Promise<void> {
    const { refusal } = await standingOf(deps, engine, examined, server)
    if (refusal) throw new LightNodeError('PORT_TAKEN', refusal)
  }
}
