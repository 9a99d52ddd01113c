import { LightNodeError } from '../../shared/errors.ts'
import type { Server } from '../../shared/model.ts'
import type { Database } from '../database/open.ts'
import { findServer, type ServerChange, type ServerRow } from '../database/servers.ts'
import type { RecordActivity } from '../observe/activity.ts'
import type { ServerViews } from './view.ts'

/** The records of servers, as the operations ask for them. */
export interface Records {
  /** @throws LightNodeError NOT_FOUND */
  row(id: string): ServerRow
  /** @throws LightNodeError NOT_FOUND */
  get(id: string): Server
  note(server: { id: string; name: string }, actor: string, action: string, message: string): void
}

export function createRecords(database: Database, views: ServerViews, activity: RecordActivity): Records {
  return {
    row(id) {
      const server = findServer(database, id)
      if (!server) throw new LightNodeError('NOT_FOUND')
      return server
    },
    get(id) {
      const server = views.find(id)
      if (!server) throw new LightNodeError('NOT_FOUND')
      return server
    },
    note({ id, name }, actor, action, message) {
      activity({ serverId: id, serverName: name, actor, action, message })
    },
  }
}

/**
 * Has the next launch make a new container; without its record what is there is not used. One that was adopted is
 * remembered: it is kept until the new one is Online.
 */
export function withNewContainer(server: ServerRow): ServerChange {
  if (server.adopted === 0) return { containerId: null }
  return { containerId: null, replacedContainerId: server.replacedContainerId ?? server.containerId }
}
