import { LightNodeError } from '../../shared/errors.ts'
import type { ServerUpdate } from '../../shared/fields.ts'
import type { Server } from '../../shared/model.ts'
import type { Database } from '../database/open.ts'
import {
  listMemory,
  nameExists,
  type ServerChange,
  type ServerRow,
  updateServer,
} from '../database/servers.ts'
import type { EventHub } from '../observe/events.ts'
import { attempt, refuseAll } from '../provisioning/attempts.ts'
import { type Capacity, checkMemory } from '../provisioning/capacity.ts'
import type { Launcher } from '../provisioning/launcher.ts'
import { nameKey } from '../provisioning/names.ts'
import { describeGame, type GameChanges, gameChange } from './change-game.ts'
import type { Records } from './records.ts'
import type { Tasks } from './tasks.ts'
import type { ServerViews } from './view.ts'

const MB_PER_GB = 1024

export interface EditDeps {
  database: Database
  launcher: Launcher
  tasks: Tasks
  records: Records
  games: GameChanges
  views: ServerViews
  events: EventHub
  capacity(hostId: string): Promise<Capacity>
}

/** What Edit changes: checked as a whole, then written as a whole. */
export function createEdit(deps: EditDeps) {
  const { database, launcher, records } = deps

  async function update(id: string, wish: ServerUpdate, actor: string): Promise<Server> {
    const { hostId } = records.row(id)
    const { memoryBytes } = await deps.capacity(hostId)
    check(records.row(id), wish, memoryBytes)
    // A first launch is on its way to the old type or version: it begins again after the change.
    const { firstOnlineAt } = records.row(id)
    const again = firstOnlineAt === null && changesGame(records.row(id), wish) && launcher.isBusy(id)
    if (again) await launcher.cancel(id)
    try {
      // As it is after the waiting; from here to the write nothing comes between.
      apply(records.row(id), wish, memoryBytes, actor)
    } finally {
      if (again && records.row(id).status !== 'online') launcher.launch(id)
    }
    deps.events.publish({ type: 'ports', hostId })
    deps.views.publish(id)
    return records.get(id)
  }

  function apply(server: ServerRow, wish: ServerUpdate, memoryBytes: number | null, actor: string): void {
    check(server, wish, memoryBytes)
    const game = changesGame(server, wish) ? gameOf(server, wish) : null
    if (game) deps.tasks.refuseBusy(server.id)
    write(server, wish, game, actor)
    if (game && server.firstOnlineAt !== null) deps.games.begin(records.row(server.id), game, actor)
  }

  /** @throws LightNodeError naming every wrong field at once */
  function check(server: ServerRow, { name, memory }: ServerUpdate, memoryBytes: number | null): void {
    const errors: LightNodeError[] = []
    if (name !== undefined) attempt(errors, () => refuseTakenName(server, name))
    const memoryMb = memory === undefined ? server.memoryMb : toMb(memory)
    if (memoryMb > server.memoryMb) {
      const others = listMemory(database, server.hostId)
      others.splice(others.indexOf(server.memoryMb), 1)
      attempt(errors, () => checkMemory(memoryMb, memoryBytes, others))
    }
    refuseAll(errors)
  }

  function refuseTakenName(server: ServerRow, name: string): void {
    const key = nameKey(name)
    if (key === nameKey(server.name) || !nameExists(database, server.owner, key)) return
    const message = `Another server is called ${name}.`
    throw new LightNodeError('NAME_TAKEN', message, { fields: [{ field: 'name', message }] })
  }

  function write(
    server: ServerRow,
    wish: ServerUpdate,
    game: ReturnType<typeof gameOf> | null,
    actor: string,
  ): void {
    const plainGame = game && server.firstOnlineAt === null
    const { change, lines } = plainChange(server, wish)
    database.transaction(() => {
      updateServer(database, server.id, { ...change, ...(plainGame ? gameChange(server, game) : {}) })
      for (const message of [...lines, ...(plainGame ? describeGame(server, game) : [])])
        records.note({ id: server.id, name: wish.name ?? server.name }, actor, 'server.changed', message)
    })()
  }

  return { update }
}

function changesGame(server: ServerRow, { type, version }: ServerUpdate): boolean {
  return (type ?? server.type) !== server.type || (version ?? server.version) !== server.version
}

function gameOf(server: ServerRow, { type, version }: ServerUpdate) {
  return { type: type ?? server.type, version: version ?? server.version }
}

const toMb = (memory: number) => Math.round(memory * MB_PER_GB)

/** What is written, and what is told of it. */
function plainChange(server: ServerRow, wish: ServerUpdate): { change: ServerChange; lines: string[] } {
  const { name, memory, address, environment } = wish
  const change: ServerChange = {}
  const lines: string[] = []
  if (name !== undefined && name !== server.name) {
    Object.assign(change, { name, nameKey: nameKey(name) })
    lines.push(`${server.name} is called ${name} now.`)
  }
  const now = name ?? server.name
  if (address !== undefined && address !== server.ownAddress) {
    change.ownAddress = address
    lines.push(
      address === null ? `${now} has the host's address again.` : `The address of ${now} is ${address} now.`,
    )
  }
  const ofContainer: ServerChange = {}
  if (memory !== undefined && toMb(memory) !== server.memoryMb) {
    ofContainer.memoryMb = toMb(memory)
    lines.push(`Memory of ${now} changed from ${server.memoryMb / MB_PER_GB} GB to ${memory} GB.`)
  }
  const changed = environment && changedNames(JSON.parse(server.environment), environment)
  if (changed && changed.length > 0) {
    ofContainer.environment = JSON.stringify(environment)
    // Names alone: a value may be what nobody else should read.
    lines.push(`Variables of ${now} changed: ${changed.join(', ')}.`)
  }
  if (Object.keys(ofContainer).length > 0) {
    Object.assign(change, ofContainer)
    // What was made of the old record is made anew with the next start.
    if (server.containerId !== null) change.restartNeeded = 1
  }
  return { change, lines }
}

function changedNames(before: Record<string, string>, after: Record<string, string>): string[] {
  const names = new Set([...Object.keys(before), ...Object.keys(after)])
  return [...names].filter((name) => before[name] !== after[name]).sort()
}
