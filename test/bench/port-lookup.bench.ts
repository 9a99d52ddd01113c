import { test } from 'vitest'
import { insertHost, insertRegion } from '../../src/main/database/hosts.ts'
import { type Database, openDatabase } from '../../src/main/database/open.ts'
import { freePorts, reservePort, setPools } from '../../src/main/database/ports.ts'
import { insertServer } from '../../src/main/database/servers.ts'

/** A pool of game ports from 1024 on, filled to a share. */
function pool(size: number, filled: number): Database {
  const database = openDatabase(':memory:')
  insertRegion(database, { id: 'local', name: 'local', enabled: true })
  insertHost(database, { id: 'local', regionId: 'local', name: 'local' })
  setPools(database, 'local', {
    game: { first: 1024, last: 1024 + size - 1 },
    rcon: { first: 65_535, last: 65_535 },
  })
  database.transaction(() => {
    for (let n = 0; n < Math.floor(size * filled); n++) {
      const id = `server-${n}`
      insertServer(database, {
        ...server,
        id,
        nameKey: id,
        containerName: id,
        volumeName: id,
        panelUsername: id,
      })
      reservePort(database, { hostId: 'local', port: 1024 + n, purpose: 'game' }, id, 1)
    }
  })()
  return database
}

const server = {
  owner: 'local',
  name: 'Bench',
  status: 'stopped',
  desired: 'stopped',
  type: 'VANILLA',
  version: 'LATEST',
  resolvedVersion: null,
  memoryMb: 1024,
  diskGb: 1,
  hostId: 'local',
  address: '127.0.0.1',
  rconPassword: '',
  panelPassword: '',
  eulaAcceptedAt: 1,
  createdAt: 1,
} as const

// The figures to compare: all take the same time, whatever the size and fill.
test('the next free port', async ({ bench }) => {
  const cases = [
    ['436 ports, empty', pool(436, 0)],
    ['436 ports, 99% full', pool(436, 0.99)],
    ['64,000 ports, empty', pool(64_000, 0)],
    ['64,000 ports, 99% full', pool(64_000, 0.99)],
  ] as const
  const lookUp = (database: Database) => () => {
    freePorts(database, 'local', 'game', 1)
  }
  const [first, ...rest] = cases.map(([name, database]) => bench(name, lookUp(database)))
  if (first && rest[0]) await bench.compare(first, rest[0], ...rest.slice(1))
  for (const [, database] of cases) database.close()
})
