import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { listPorts, releasePort, setPools } from '../../../src/main/database/ports.ts'
import type { Purpose } from '../../../src/shared/ports.ts'
import { failureOf, type Kit, LOCAL, nginx, openKit, smallRanges } from './kit.ts'

const size = 5
const action = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant('reserve' as const), count: fc.integer({ min: 1, max: 4 }) }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('fail' as const) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('release' as const), which: fc.nat(20) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('steal' as const), port: fc.nat(size - 1) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('yield' as const), port: fc.nat(size - 1) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('recheck' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('check' as const) }) },
)

/** Rows of each pool by state; what the database says each server has. */
function look(kit: Kit) {
  const owners = new Map<string, Record<string, number>>()
  for (const purpose of ['game', 'rcon'] as const) {
    const rows = listPorts(kit.database, LOCAL, purpose)
    const { first } = smallRanges(size)[purpose]
    // Never loses a port: each number is there once, in one of the three states.
    expect(rows.map(({ port }) => port)).toEqual(Array.from({ length: size }, (_, index) => first + index))
    for (const { port, server } of rows)
      if (server) owners.set(server.id, { ...owners.get(server.id), [purpose]: port })
  }
  return owners
}

describe('any interleaving', () => {
  test('never double-books, never loses a port, never checks one that we hold', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.scheduler(),
        fc.array(action, { minLength: 1, maxLength: 25 }),
        async (s, actions) => {
          const kit = openKit({
            ranges: smallRanges(size),
            pause: () => s.schedule(Promise.resolve(), 'check'),
          })
          /** What was answered, less what was released: the truth that the database has to agree with. */
          const given = new Map<string, { game?: number; rcon?: number }>()
          let made = 0
          const pending: Promise<unknown>[] = []
          const reserve = (fail?: Error) => {
            const id = `s${made++}`
            pending.push(
              kit.reserve(id, fail).then(
                (ports) => {
                  expect(fail).toBeUndefined()
                  // Both were seen free when they were last looked at.
                  expect([ports.game, ports.rcon].map((port) => kit.probe.verdicts.get(port ?? 0))).toEqual([
                    true,
                    true,
                  ])
                  for (const other of given.values()) {
                    expect(other.game).not.toBe(ports.game)
                    expect(other.rcon).not.toBe(ports.rcon)
                  }
                  given.set(id, ports)
                },
                (error) => {
                  if (error !== fail) expect(error).toMatchObject({ code: 'POOL_EXHAUSTED' })
                },
              ),
            )
          }
          const act = (one: (typeof actions)[number]) => {
            kit.clock.at += 1
            if (one.kind === 'reserve') for (let count = 0; count < one.count; count += 1) reserve()
            if (one.kind === 'fail') reserve(new Error('its own writes failed'))
            if (one.kind === 'release') {
              const id = [...given.keys()][one.which % Math.max(1, given.size)]
              if (!id) return
              given.delete(id)
              for (const purpose of ['game', 'rcon'] as const)
                releasePort(kit.database, id, purpose, kit.now())
            }
            if (one.kind === 'steal') kit.probe.held.set(3001 + one.port, nginx)
            if (one.kind === 'yield') kit.probe.held.delete(3001 + one.port)
            if (one.kind === 'recheck') pending.push(kit.pool.recheckBlocked(LOCAL))
            if (one.kind === 'check') pending.push(kit.pool.checkAll(LOCAL, 'game'))
          }
          s.scheduleSequence(
            actions.map((one) => async () => {
              act(one)
              look(kit)
            }),
          )
          // What is not scheduled here (the allocator's queue, its transactions) goes on between two steps.
          do {
            await nextTurns()
            if (s.count() > 0) await s.waitOne()
          } while (s.count() > 0 || (await Promise.race([settled(pending), nextTurns()])) === 'going')
          await Promise.all(pending)
          const owners = look(kit)
          for (const [id, ports] of given) expect(owners.get(id)).toEqual(ports)
          expect(owners.size).toBe(given.size)
          expect(kit.probe.trespasses).toEqual([])
        },
      ),
      { numRuns: 150 },
    )
  })
})

async function settled(pending: Promise<unknown>[]): Promise<'settled'> {
  await Promise.all(pending)
  return 'settled'
}

async function nextTurns(): Promise<'going'> {
  for (let turn = 0; turn < 3; turn += 1) await new Promise((resolve) => setImmediate(resolve))
  return 'going'
}

/** Lets checks go on one by one, the newest first. */
function gate() {
  const waiting: (() => void)[] = []
  return {
    pause: () => new Promise<void>((resolve) => waiting.push(resolve)),
    async open() {
      for (;;) {
        await nextTurns()
        const go = waiting.pop()
        if (!go) return
        go()
      }
    },
  }
}

describe('while a request is being checked', () => {
  test('a look at every port waits its turn, so that none that is just being given is bound', async () => {
    const { pause, open } = gate()
    const kit = openKit({ ranges: smallRanges(3), pause })
    const all = [kit.pool.checkAll(LOCAL, 'game'), kit.reserve('a'), kit.pool.recheckBlocked(LOCAL)]
    await Promise.all([...all, open()])
    expect(kit.probe.trespasses).toEqual([])
    expect(kit.counts('game')).toEqual({ free: 2, reserved: 1, blocked: 0 })
  })

  test('a range that moves away takes the candidates with it: the request gets one of the new range', async () => {
    const { pause, open } = gate()
    const kit = openKit({ ranges: smallRanges(3), pause })
    const wanted = [kit.reserve('a'), kit.reserve('b')]
    await nextTurns()
    const moved: Record<Purpose, { first: number; last: number }> = {
      game: { first: 5001, last: 5002 },
      rcon: { first: 6001, last: 6009 },
    }
    setPools(kit.database, LOCAL, moved)
    const [given] = await Promise.all([Promise.all(wanted), open()])
    expect(given).toEqual([
      { game: 5001, rcon: 6001 },
      { game: 5002, rcon: 6002 },
    ])
    const late = failureOf(() => kit.reserve('c'))
    await open()
    expect((await late).code).toBe('POOL_EXHAUSTED')
  })
})
