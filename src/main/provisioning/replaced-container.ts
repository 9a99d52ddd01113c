import type { Database } from '../database/open.ts'
import { listServers, type ServerRow, updateServer } from '../database/servers.ts'
import type { Engine } from '../engine/types.ts'
import { findOwnContainer } from '../servers/own-container.ts'

// A container that was adopted can't be changed: a new one takes its place, and it is kept until that is Online.

interface ReplacedDeps {
  database: Database
  installationId: string
}

/** Removes the old container of a server whose new one is Online; its world is mounted in both and stays. */
export async function dropReplaced(
  { database, installationId }: ReplacedDeps,
  engine: Engine,
  server: ServerRow,
): Promise<void> {
  if (server.replacedContainerId === null || server.status !== 'online') return
  const own = await findOwnContainer(engine, server, installationId)
  if (own?.status !== 'running' || own.id === server.replacedContainerId) return
  const old = await engine.inspectContainer(server.replacedContainerId)
  if (old && ['running', 'restarting', 'paused'].includes(old.status)) return
  if (old) await engine.removeContainer(old.id)
  updateServer(database, server.id, { replacedContainerId: null })
}

/** What a crash came in between. @throws EngineError */
export async function dropAllReplaced(deps: ReplacedDeps, engine: Engine): Promise<void> {
  for (const server of listServers(deps.database)) await dropReplaced(deps, engine, server)
}
