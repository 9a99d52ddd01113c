import { expect } from 'vitest'
import { serverOf } from '../../../src/main/servers/labels.ts'
import { BIN_KEEPS_PORT_MS } from '../../../src/shared/bin.ts'
import type { World } from './world.ts'
import { POOL_SIZE } from './world.ts'

/** A server as a user remembers it. */
export interface Remembered {
  id: string
  name: string
  place: 'running' | 'stopped' | 'bin'
  password: string
  /** Its address once it was Online; null before. */
  port: number | null
  /** Its container was stopped or removed outside: what is shown waits for a button. */
  disturbed: boolean
  /** Of the clock, for one in the bin. */
  deletedAt: number
  wasOnline: boolean
}

export interface Model {
  servers: Remembered[]
  engine: boolean
  made: number
}

interface PortRow {
  port: number
  purpose: string
  server_id: string | null
}

/** What must hold whatever was done, whenever nothing is under way. */
export function expectInvariants(model: Model, world: World): void {
  const { core, database, engine, installationId } = world
  const live = core.servers.list()
  const bin = core.bin.list()
  const inPlace = (places: string[]) => model.servers.filter(({ place }) => places.includes(place))
  const ids = (list: { id: string }[]) => list.map(({ id }) => id).sort()
  expect(ids(live), 'servers in use').toEqual(ids(inPlace(['running', 'stopped'])))
  expect(ids(bin), 'servers in the bin').toEqual(ids(inPlace(['bin'])))

  // Each port once, each server one of each kind, nothing reserved for nobody.
  const reserved = database.prepare('SELECT port, purpose, server_id FROM ports').all() as PortRow[]
  expect(reserved).toHaveLength(2 * POOL_SIZE)
  const holders = reserved.filter(({ server_id }) => server_id !== null)
  const keeping = ids([...live, ...bin.filter(({ expired }) => !expired)])
  for (const purpose of ['game', 'rcon'])
    expect(
      holders
        .filter((row) => row.purpose === purpose)
        .map(({ server_id }) => server_id)
        .sort(),
      `who holds a ${purpose} port`,
    ).toEqual(keeping)
  for (const { id, expired } of bin)
    if (expired)
      expect(
        world.clock.at - (model.servers.find((one) => one.id === id)?.deletedAt ?? 0),
      ).toBeGreaterThanOrEqual(BIN_KEEPS_PORT_MS)

  for (const known of inPlace(['running', 'stopped'])) {
    const server = core.servers.get(known.id)
    expect(core.servers.credentials(known.id, 'test').rconPassword, `${known.name}'s password`).toBe(
      known.password,
    )
    if (known.port !== null) expect(server.port, `${known.name}'s port`).toBe(known.port)
    if (!model.engine || known.disturbed) continue
    expect(server.status, `${known.name}: ${server.problem?.message}`).toBe(
      known.place === 'running' ? 'online' : 'stopped',
    )
  }

  // Every container of ours is one server's own, and no server has two.
  if (!model.engine) return
  const owners = [...engine.containers.values()].map(({ state }) => ({
    owner: serverOf(state.labels, installationId),
    status: state.status,
  }))
  expect(new Set(owners.map(({ owner }) => owner)).size, 'containers of one server').toBe(owners.length)
  const running = owners.flatMap(({ owner, status }) => (status === 'running' ? [owner] : [])).sort()
  expect(running, 'what runs').toEqual(ids(inPlace(['running']).filter(({ disturbed }) => !disturbed)))
  const claims = [...engine.containers.values()].flatMap(({ spec }) =>
    spec.ports.map(({ hostPort, protocol }) => `${hostPort}/${protocol}`),
  )
  expect(new Set(claims).size, 'ports that containers claim').toBe(claims.length)
  // A world goes when a person deletes it, and never otherwise.
  for (const { id, name, wasOnline } of model.servers) {
    const row = database.prepare('SELECT volume_name FROM servers WHERE id = ?').pluck().get(id) as string
    if (wasOnline) expect(engine.volumes.has(row), `${name}'s world`).toBe(true)
  }
}
