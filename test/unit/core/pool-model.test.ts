import fc from 'fast-check'
import { expect, test } from 'vitest'
import { listPorts, releasePort } from '../../../src/main/database/ports.ts'
import { failureOf, type Kit, LOCAL, nginx, openKit, smallRanges } from './kit.ts'

const size = 6
const { first } = smallRanges(size).game

/** What the game pool should be, in the plainest words. */
interface Model {
  ports: { port: number; server: string | null; blocked: boolean; released: number }[]
  /** What somebody outside holds, seen by us or not. */
  outside: Set<number>
  servers: string[]
  made: number
  time: number
}

type Command = fc.AsyncCommand<Model, Kit>

const freeInOrder = (model: Model) =>
  model.ports
    .filter(({ server, blocked }) => server === null && !blocked)
    .sort((a, b) => a.released - b.released || a.port - b.port)

/** Every port that no server has is blocked or free as the outside is. */
function recheck(model: Model, which: (port: Model['ports'][number]) => boolean): void {
  for (const port of model.ports)
    if (port.server === null && which(port)) port.blocked = model.outside.has(port.port)
}

/** What the next server should get; blocks what it passes over. */
function take(model: Model): Model['ports'][number] | null {
  for (const look of ['first', 'again']) {
    for (const port of freeInOrder(model)) {
      if (!model.outside.has(port.port)) return port
      port.blocked = true
    }
    if (look === 'first') recheck(model, ({ blocked }) => blocked)
  }
  return null
}

function compare(model: Model, kit: Kit): void {
  const seen = listPorts(kit.database, LOCAL, 'game').map(({ port, state, server }) => [
    port,
    state,
    server?.id ?? null,
  ])
  const expected = model.ports.map(({ port, server, blocked }) => [
    port,
    server !== null ? 'reserved' : blocked ? 'blocked' : 'free',
    server,
  ])
  expect(seen).toEqual(expected)
  expect(kit.probe.trespasses).toEqual([])
}

function command(
  name: string,
  run: (model: Model, kit: Kit) => Promise<void> | void,
  check: (model: Model) => boolean = () => true,
): Command {
  return {
    check,
    run: async (model, kit) => {
      model.time += 10
      kit.clock.at = model.time
      await run(model, kit)
      compare(model, kit)
    },
    toString: () => name,
  }
}

const reserve = (failing: boolean) =>
  command(failing ? 'reserve, and fail' : 'reserve', async (model, kit) => {
    const id = `s${model.made++}`
    const port = take(model)
    if (port && !failing) {
      port.server = id
      model.servers.push(id)
      expect((await kit.reserve(id)).game).toBe(port.port)
      return
    }
    const error = await failureOf(() => kit.reserve(id, new Error('its own writes failed')))
    if (port) expect(error.message).toBe('its own writes failed')
    else expect(error.code).toBe('POOL_EXHAUSTED')
  })

const release = (which: number) =>
  command(
    `release ${which}`,
    (model, kit) => {
      const [id] = model.servers.splice(which % model.servers.length, 1)
      const port = model.ports.find(({ server }) => server === id)
      if (!id || !port) throw new Error('the model has lost a server')
      Object.assign(port, { server: null, released: model.time })
      for (const purpose of ['game', 'rcon'] as const) releasePort(kit.database, id, purpose, kit.now())
    },
    ({ servers }) => servers.length > 0,
  )

const steal = (index: number) =>
  command(`steal ${first + index}`, (model, kit) => {
    model.outside.add(first + index)
    kit.probe.held.set(first + index, nginx)
  })

const giveBack = (index: number) =>
  command(`give back ${first + index}`, (model, kit) => {
    model.outside.delete(first + index)
    kit.probe.held.delete(first + index)
  })

const recheckBlocked = () =>
  command('recheck blocked', async (model, kit) => {
    recheck(model, ({ blocked }) => blocked)
    await kit.pool.recheckBlocked(LOCAL)
  })

const checkAll = () =>
  command('check all', async (model, kit) => {
    recheck(model, () => true)
    await kit.pool.checkAll(LOCAL, 'game')
  })

const port = fc.nat(size - 1)
const commands = fc.commands(
  [
    fc.constant(reserve(false)),
    fc.constant(reserve(false)),
    fc.constant(reserve(true)),
    fc.nat(size).map(release),
    port.map(steal),
    port.map(giveBack),
    fc.constant(recheckBlocked()),
    fc.constant(checkAll()),
  ],
  { maxCommands: 60 },
)

test('the pool is what a simple model of it says, after every step', async () => {
  await fc.assert(
    fc.asyncProperty(commands, async (steps) => {
      const setup = () => {
        const kit = openKit({ ranges: { game: smallRanges(size).game, rcon: { first: 4001, last: 4020 } } })
        const ports = Array.from({ length: size }, (_, index) => ({
          ...{ port: first + index, server: null, blocked: false, released: 0 },
        }))
        const model: Model = { ports, outside: new Set(), servers: [], made: 0, time: 1000 }
        return { model, real: kit }
      }
      await fc.asyncModelRun(setup, steps)
    }),
    { numRuns: 100 },
  )
})
