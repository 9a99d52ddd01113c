import { beforeEach, describe, expect, test } from 'vitest'
import { blockPort, listPorts, releasePort, setPools } from '../../../src/main/database/ports.ts'
import { createEventHub } from '../../../src/main/observe/events.ts'
import { createHosts, type Hosts } from '../../../src/main/servers/hosts.ts'
import type { Purpose } from '../../../src/shared/ports.ts'
import { dump, failureOf, type Kit, LOCAL, nginx, openKit } from './kit.ts'

let kit: Kit
let hosts: Hosts
let told: number

beforeEach(() => {
  kit = openKit()
  told = 0
  hosts = createHosts(kit.database, createEventHub(), () => {
    told += 1
  })
})

const numbers = (purpose: Purpose) => listPorts(kit.database, LOCAL, purpose).map(({ port }) => port)
const span = (first: number, last: number) =>
  Array.from({ length: last - first + 1 }, (_, index) => first + index)

describe('the pools of a host', () => {
  test('have 436 rows each to begin with, made before anyone asks', () => {
    expect(numbers('game')).toEqual(span(25565, 26000))
    expect(numbers('rcon')).toEqual(span(26001, 26436))
    expect(numbers('game')).toHaveLength(436)
    expect(numbers('rcon')).toHaveLength(436)
  })

  test('move with their ranges, and keep what was known of the ports that stay', async () => {
    blockPort(kit.database, LOCAL, 25570, nginx, 5)
    blockPort(kit.database, LOCAL, 25990, nginx, 5)
    const host = hosts.update({ id: LOCAL, gamePorts: { first: 25000, last: 25600 } })
    expect(host).toMatchObject({
      gamePorts: { first: 25000, last: 25600 },
      rconPorts: { first: 26001, last: 26436 },
    })
    expect(numbers('game')).toEqual(span(25000, 25600))
    const blocked = listPorts(kit.database, LOCAL, 'game').filter(({ state }) => state === 'blocked')
    expect(blocked).toMatchObject([{ port: 25570, holder: nginx, since: 5 }])
    expect((await kit.reserve('a')).game).toBe(25000)
    expect(told).toBe(1)
  })

  test('keep a port outside the new range until its server lets go of it', async () => {
    const { game } = await kit.reserve('a')
    hosts.update({ id: LOCAL, gamePorts: { first: 30000, last: 30001 } })
    expect(numbers('game')).toEqual([game, 30000, 30001])
    releasePort(kit.database, 'a', 'game', kit.now())
    expect(numbers('game')).toEqual([30000, 30001])
  })

  test('swap their ranges', () => {
    hosts.update({
      id: LOCAL,
      gamePorts: { first: 26001, last: 26436 },
      rconPorts: { first: 25565, last: 26000 },
    })
    expect(numbers('game')).toEqual(span(26001, 26436))
    expect(numbers('rcon')).toEqual(span(25565, 26000))
  })

  test('lose no port in a swap while servers hold some: each joins its new pool when it is let go', async () => {
    const { game, rcon } = await kit.reserve('a')
    hosts.update({
      id: LOCAL,
      gamePorts: { first: 26001, last: 26436 },
      rconPorts: { first: 25565, last: 26000 },
    })
    expect(numbers('game')).toEqual([game, ...span(26002, 26436)])
    kit.clock.at += 1
    for (const purpose of ['game', 'rcon'] as const) releasePort(kit.database, 'a', purpose, kit.now())
    expect(numbers('game')).toEqual(span(26001, 26436))
    expect(numbers('rcon')).toEqual(span(25565, 26000))
    // As released ones: they are last.
    expect(await kit.reserve('b')).toEqual({ game: 26002, rcon: 25566 })
    expect([game, rcon]).toEqual([25565, 26001])
  })

  test.each([
    [{ gamePorts: { first: 26000, last: 26001 } }, 'gamePorts'],
    [{ rconPorts: { first: 25000, last: 25565 } }, 'rconPorts'],
    [{ rconPorts: { first: 25600, last: 25601 } }, 'rconPorts'],
    [{ gamePorts: { first: 3000, last: 3010 }, rconPorts: { first: 3010, last: 3020 } }, 'gamePorts'],
  ])('must not overlap: %j changes nothing', async (change, field) => {
    const before = dump(kit.database)
    const error = await failureOf(() => hosts.update({ id: LOCAL, publicAddress: 'example.org', ...change }))
    expect(error).toMatchObject({
      code: 'INVALID_INPUT',
      data: { fields: [{ field, message: 'The game and RCON ranges must not overlap.' }] },
    })
    expect(dump(kit.database)).toEqual(before)
    expect(told).toBe(0)
  })

  test('change in one transaction', () => {
    const before = dump(kit.database)
    const impossible = { game: { first: 2000, last: 2010 }, rcon: { first: 500, last: 600 } }
    expect(() => setPools(kit.database, LOCAL, impossible)).toThrow(/CHECK/)
    expect(dump(kit.database)).toEqual(before)
  })

  test('of an unknown host are not found', async () => {
    expect((await failureOf(() => hosts.update({ id: 'nowhere' }))).code).toBe('NOT_FOUND')
  })
})

describe('a public address', () => {
  test('is what players are told, and comes off again', () => {
    expect(hosts.update({ id: LOCAL, publicAddress: 'play.example.org' }).publicAddress).toBe(
      'play.example.org',
    )
    expect(hosts.regions()[0]?.hosts[0]?.publicAddress).toBe('play.example.org')
    expect(hosts.update({ id: LOCAL, publicAddress: null }).publicAddress).toBeNull()
    expect(hosts.update({ id: LOCAL }).addresses).toEqual(['192.0.2.7'])
  })
})
