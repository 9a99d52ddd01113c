import { findServer } from '../../../src/main/database/servers.ts'
import type { Server } from '../../../src/shared/model.ts'
import type { LaunchKit } from './launch-kit.ts'

export async function online(kit: LaunchKit): Promise<Server> {
  const { id } = await kit.create()
  return kit.until(id, 'online')
}

/** The engine's answers to a method wait until they are let go, or for ever. */
export function hang(kit: LaunchKit, wanted: string): () => void {
  let goOn = () => {}
  const gate = new Promise<void>((resolve) => {
    goOn = resolve
  })
  kit.engine.before = (method) => (method === wanted ? gate : undefined)
  return () => {
    kit.engine.before = () => {}
    goOn()
  }
}

export const wanted = (kit: LaunchKit, id: string) => findServer(kit.database, id)?.desired
export const calls = (kit: LaunchKit, method: string) =>
  kit.engine.calls.filter((call) => call.startsWith(method)).length
export const actions = (kit: LaunchKit, id: string) =>
  kit.database
    .prepare<[string], string>('SELECT action FROM activity WHERE server_id = ? ORDER BY id DESC')
    .pluck()
    .all(id)
