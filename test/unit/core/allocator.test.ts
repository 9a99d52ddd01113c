import { describe, expect, test } from 'vitest'
import { freePorts, releasePort } from '../../../src/main/database/ports.ts'
import { failureOf, LOCAL, nginx, openKit, smallRanges } from './kit.ts'

const ids = (count: number, from = 0) => Array.from({ length: count }, (_, index) => `s${from + index}`)

describe('the order of ports', () => {
  test('is ascending among those never used, then the least recently released', async () => {
    const kit = openKit({ ranges: smallRanges(6) })
    const first = []
    for (const id of ids(4)) first.push((await kit.reserve(id)).game)
    expect(first).toEqual([3001, 3002, 3003, 3004])
    for (const id of ['s2', 's0', 's3']) {
      kit.clock.at += 10
      releasePort(kit.database, id, 'game', kit.now())
      releasePort(kit.database, id, 'rcon', kit.now())
    }
    const later = []
    for (const id of ids(5, 10)) later.push((await kit.reserve(id)).game)
    expect(later).toEqual([3005, 3006, 3003, 3001, 3004])
  })

  test('is found in the index alone, without sorting', () => {
    const { database } = openKit()
    const sql = database
      .prepare(
        `EXPLAIN QUERY PLAN SELECT port FROM ports
         WHERE host_id = ? AND purpose = ? AND server_id IS NULL AND blocked_since IS NULL
         ORDER BY released_at, port LIMIT ?`,
      )
      .all(LOCAL, 'game', 1) as { detail: string }[]
    const plan = sql.map(({ detail }) => detail)
    expect(plan).toHaveLength(1)
    expect(plan[0]).toMatch(
      /^SEARCH ports USING COVERING INDEX ports_free \(host_id=\? AND purpose=\?\)$|^SEARCH ports USING INDEX ports_free/,
    )
    expect(plan.join()).not.toContain('TEMP B-TREE')
  })

  test('is asked for by the very statement whose plan is looked at', () => {
    const { database } = openKit()
    const asked: string[] = []
    const spy = new Proxy(database, {
      get: (target, name) =>
        name === 'prepare'
          ? (sql: string) => {
              asked.push(sql)
              return target.prepare(`EXPLAIN QUERY PLAN ${sql}`)
            }
          : Reflect.get(target, name),
    })
    freePorts(spy, LOCAL, 'game', 5)
    expect(asked).toHaveLength(1)
    const plan = database
      .prepare(`EXPLAIN QUERY PLAN ${asked[0]}`)
      .all(LOCAL, 'game', 5)
      .map((row) => (row as { detail: string }).detail)
    expect(plan).toHaveLength(1)
    expect(plan[0]).toContain('ports_free (host_id=? AND purpose=?)')
  })
})

describe('what it costs', () => {
  test('200 requests at once get 200 different ports, in order, with one list of containers a batch', async () => {
    const kit = openKit()
    const given = await Promise.all(ids(200).map((id) => kit.reserve(id)))
    const games = given.map(({ game }) => game)
    expect(games).toEqual(Array.from({ length: 200 }, (_, index) => 25565 + index))
    expect(new Set(given.map(({ rcon }) => rcon)).size).toBe(200)
    // 64 requests share a batch.
    expect(kit.engine.lists).toBe(4)
    expect(kit.probe.checked).toHaveLength(400)
  })

  test('requests that come while a batch is served share the next one', async () => {
    const kit = openKit()
    const early = kit.reserve('early')
    await new Promise((resolve) => setImmediate(() => setImmediate(resolve)))
    const late = ids(20).map((id) => kit.reserve(id))
    await Promise.all([early, ...late])
    expect(kit.engine.lists).toBe(2)
  })

  test.each([0, 1, 5, 40])('a check for each port given and for each of %i passed over', async (passed) => {
    const kit = openKit()
    for (let port = 25565; port < 25565 + passed; port += 1) kit.probe.held.set(port, nginx)
    expect((await kit.reserve('a')).game).toBe(25565 + passed)
    expect(kit.probe.checked).toHaveLength(passed + 2)
    // What was passed over is recorded: the next call does not look there again.
    kit.probe.checked.length = 0
    expect((await kit.reserve('b')).game).toBe(25566 + passed)
    expect(kit.probe.checked).toHaveLength(2)
  })

  test('checks do not grow with the fill of the pool', async () => {
    const kit = openKit()
    await Promise.all(ids(435).map((id) => kit.reserve(id)))
    kit.probe.checked.length = 0
    expect(await kit.reserve('last')).toEqual({ game: 26000, rcon: 26436 })
    expect(kit.probe.checked).toHaveLength(2)
    expect(kit.probe.trespasses).toEqual([])
  })
})

describe('what is passed over', () => {
  test('is a port that a container claims, running or stopped, and is recorded with its name', async () => {
    const kit = openKit({ ranges: smallRanges(4) })
    kit.engine.containers = [
      { id: 'c1', name: 'web', running: true, labels: {}, image: 'i', hostPorts: [3001] },
      { id: 'c2', name: 'old', running: false, labels: {}, image: 'i', hostPorts: [3002, 4001] },
    ]
    expect(await kit.reserve('a')).toEqual({ game: 3003, rcon: 4002 })
    expect(kit.counts('game')).toEqual({ free: 1, reserved: 1, blocked: 2 })
    expect(await kit.pool.recheckBlocked(LOCAL)).toBeUndefined()
    expect(kit.counts('game')).toEqual({ free: 1, reserved: 1, blocked: 2 })
    kit.engine.containers = []
    await kit.pool.recheckBlocked(LOCAL)
    expect(kit.counts('game')).toEqual({ free: 3, reserved: 1, blocked: 0 })
    expect((await kit.reserve('b')).game).toBe(3001)
  })

  test('comes back by itself when nothing else is left', async () => {
    const kit = openKit({ ranges: smallRanges(1) })
    kit.probe.held.set(3001, nginx)
    expect((await failureOf(() => kit.reserve('a'))).code).toBe('POOL_EXHAUSTED')
    kit.probe.held.clear()
    expect((await kit.reserve('a')).game).toBe(3001)
  })
})

describe('a full pool', () => {
  test('says how many ports, what holds them and what to do', async () => {
    const kit = openKit({ ranges: smallRanges(5) })
    for (const port of [3001, 3004]) kit.probe.held.set(port, nginx)
    kit.engine.containers = [
      { id: 'c', name: 'web', running: false, labels: {}, image: 'i', hostPorts: [3002] },
    ]
    await Promise.all(ids(2).map((id) => kit.reserve(id)))
    const error = await failureOf(() => kit.reserve('late'))
    expect(error).toMatchObject({
      code: 'POOL_EXHAUSTED',
      message:
        'All 5 game ports (3001-3005) of host local are in use: 2 by servers, 3 by others ' +
        '(3001 by process nginx, pid 812, on 127.0.0.1; 3002 by container web (stopped); ' +
        '3004 by process nginx, pid 812, on 127.0.0.1).',
      data: {
        remedy: 'Free a port that something else holds, or widen the range in Settings, then try again.',
      },
    })
  })

  test('names five holders and counts the rest', async () => {
    const kit = openKit({ ranges: smallRanges(8) })
    for (let port = 3001; port <= 3008; port += 1) kit.probe.held.set(port, nginx)
    expect((await failureOf(() => kit.reserve('a'))).message).toMatch(
      /: 0 by servers, 8 by others \(3001 by .*; 3005 by .*; and 3 more\)\.$/,
    )
  })

  test('of RCON ports leaves the game port where it was', async () => {
    const kit = openKit({ ranges: { game: { first: 3001, last: 3009 }, rcon: { first: 4001, last: 4001 } } })
    await kit.reserve('a')
    expect((await failureOf(() => kit.reserve('b'))).message).toContain('All 1 rcon ports (4001-4001)')
    expect(kit.counts('game')).toEqual({ free: 8, reserved: 1, blocked: 0 })
  })

  test('serves as many of a crowd as it can, and refuses the others alone', async () => {
    const kit = openKit({ ranges: smallRanges(7) })
    const all = await Promise.allSettled(ids(20).map((id) => kit.reserve(id)))
    const given = all.flatMap((one) => (one.status === 'fulfilled' ? [one.value.game] : []))
    expect(given).toEqual([3001, 3002, 3003, 3004, 3005, 3006, 3007])
    expect(
      all.filter((one) => one.status === 'rejected' && one.reason.code === 'POOL_EXHAUSTED'),
    ).toHaveLength(13)
  })
})

describe('a request whose own writes fail', () => {
  test('is refused alone, undone, and its port goes to the next', async () => {
    const kit = openKit({ ranges: smallRanges(3) })
    const refusal = new Error('mine')
    const all = await Promise.allSettled([
      kit.reserve('a'),
      kit.reserve('b', refusal),
      kit.reserve('c'),
      kit.reserve('a'),
      kit.reserve('d'),
    ])
    expect(
      all.map((one) => (one.status === 'fulfilled' ? one.value.game : String(one.reason.message))),
    ).toEqual([3001, 'mine', 3002, 'UNIQUE constraint failed: servers.owner, servers.name_key', 3003])
    expect(kit.counts('game')).toEqual({ free: 0, reserved: 3, blocked: 0 })
    expect(kit.database.prepare('SELECT count(*) FROM servers').pluck().get()).toBe(3)
  })

  test('rejects, and leaves everything as it was, when the network can not be read', async () => {
    const kit = openKit({ ranges: smallRanges(3), pause: () => Promise.reject(new Error('EMFILE')) })
    const all = await Promise.allSettled([kit.reserve('a'), kit.reserve('b')])
    expect(all).toMatchObject([{ reason: { message: 'EMFILE' } }, { reason: { message: 'EMFILE' } }])
    expect(kit.counts('game')).toEqual({ free: 3, reserved: 0, blocked: 0 })
  })
})
