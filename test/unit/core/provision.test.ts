import { describe, expect, test } from 'vitest'
import { listRegions } from '../../../src/main/database/hosts.ts'
import { findServer, listServers } from '../../../src/main/database/servers.ts'
import { assignServerIP } from '../../../src/main/provisioning/address.ts'
import { dump, failureOf, input, type Kit, LOCAL, nginx, openKit, smallRanges } from './kit.ts'

const GB = 1024 ** 3

/** The refusal, after nothing was written. */
async function refusal(kit: Kit, change: Parameters<typeof input>[0]) {
  const before = dump(kit.database)
  const error = await failureOf(() => kit.provision({ ...input(), ...change }))
  expect(dump(kit.database)).toEqual(before)
  return error
}

describe('provisionServer', () => {
  test('answers with everything a player and an operator need, and writes it down sealed', async () => {
    const kit = openKit()
    const created = await kit.provision(input({ name: 'Skyblock' }))
    expect(created).toEqual({
      id: expect.stringMatching(/^[a-z0-9]{12}$/),
      name: 'Skyblock',
      status: 'provisioning',
      ipAddress: '192.0.2.7',
      port: 25565,
      addressFinal: false,
      rconPort: 26001,
      rconPassword: expect.stringMatching(/^[A-Za-z0-9]{12}$/),
      panel: {
        username: `skyblock-${created.id}`,
        password: expect.stringMatching(/^[A-Za-z0-9]{16}$/),
        url: `http://here/panel/${created.id}`,
      },
    })
    const all = JSON.stringify(dump(kit.database))
    expect(all).not.toContain(created.rconPassword)
    expect(all).not.toContain(created.panel.password)
    const row = findServer(kit.database, created.id)
    expect(row).toMatchObject({
      containerName: `skyblock-${created.id}`,
      volumeName: `skyblock-${created.id}`,
      eulaAcceptedAt: 1000,
      desired: 'running',
    })
    expect(kit.credentials.reveal(row!).rconPassword).toBe(created.rconPassword)
  })

  test('names every wrong field at once', async () => {
    const kit = openKit()
    await kit.provision(input({ name: 'Taken' }))
    const error = await refusal(kit, { name: 'taken', acceptEula: false, region: 'nowhere' })
    expect(error).toMatchObject({
      code: 'INVALID_INPUT',
      data: { fields: [{ field: 'acceptEula' }, { field: 'name' }, { field: 'region' }] },
    })
  })

  test('needs the EULA', async () => {
    const error = await refusal(openKit(), { acceptEula: false })
    expect(error).toMatchObject({
      code: 'EULA_REQUIRED',
      data: { fields: [{ field: 'acceptEula', message: 'Accept the Minecraft EULA to go on.' }] },
    })
    expect(input({ acceptEula: undefined as never }).acceptEula).toBe(false)
  })

  test('refuses a name that is taken, regardless of case', async () => {
    const kit = openKit()
    await kit.provision(input({ name: 'Straße 7' }))
    const error = await refusal(kit, { name: 'STRASSE 7' })
    expect(error).toMatchObject({ code: 'NAME_TAKEN', data: { fields: [{ field: 'name' }] } })
    expect(error.message).toBe('Another server is called STRASSE 7.')
  })

  test('lets one of several at once have a name', async () => {
    const kit = openKit()
    const names = ['Arena', 'arena', 'ARENA', 'aReNa', 'Other']
    const all = await Promise.allSettled(names.map((name) => kit.provision(input({ name }))))
    expect(all.map((one) => (one.status === 'fulfilled' ? one.value.port : one.reason.code))).toEqual([
      25565,
      'NAME_TAKEN',
      'NAME_TAKEN',
      'NAME_TAKEN',
      25566,
    ])
    expect(
      listServers(kit.database)
        .map(({ name }) => name)
        .sort(),
    ).toEqual(['Arena', 'Other'])
  })

  test('takes emoji, and two names that reduce to the same letters', async () => {
    const kit = openKit()
    const names = ['🎮', '🔥🔥', 'Ärena!', 'Arena', 'x'.repeat(50), '🎮'.repeat(50)]
    for (const name of names) await kit.provision(input({ name }))
    const rows = listServers(kit.database)
    expect(rows.map(({ name }) => name).sort()).toEqual([...names].sort())
    expect(new Set(rows.map(({ containerName }) => containerName)).size).toBe(names.length)
    for (const row of rows) expect(row.containerName.endsWith(`-${row.id}`)).toBe(true)
  })

  test('names the regions that there are', async () => {
    expect(await refusal(openKit(), { region: 'mars' })).toMatchObject({
      code: 'INVALID_INPUT',
      data: { fields: [{ field: 'region', message: 'One of: local.' }] },
    })
  })

  test('refuses where no enabled region has an address', async () => {
    expect((await refusal(openKit({ addresses: [] }), {})).code).toBe('NO_REGION')
    const kit = openKit()
    kit.database.exec('UPDATE regions SET enabled = 0')
    expect((await refusal(kit, {})).code).toBe('NO_REGION')
    expect((await refusal(kit, { region: 'local' })).message).toContain('none is enabled')
  })

  test('refuses more memory than is left, and names what then works', async () => {
    const kit = openKit({ capacity: { memoryBytes: 8 * GB, diskFreeBytes: null } })
    await kit.provision(input({ name: 'First', memory: 2 }))
    const error = await refusal(kit, { memory: 5 })
    expect(error.code).toBe('MEMORY_EXCEEDED')
    const named = Number(/At most ([\d.]+) GB/.exec(error.message)?.[1])
    expect(named).toBeGreaterThan(0)
    expect((await refusal(kit, { memory: named + 0.5 })).code).toBe('MEMORY_EXCEEDED')
    await kit.provision(input({ name: 'Second', memory: named }))
  })

  test('does not promise the same memory twice to requests at once', async () => {
    const kit = openKit({ capacity: { memoryBytes: 8 * GB, diskFreeBytes: null } })
    const all = await Promise.allSettled(
      [1, 2, 3, 4].map((n) => kit.provision(input({ name: `Server ${n}`, memory: 2 }))),
    )
    expect(all.map((one) => (one.status === 'fulfilled' ? 'yes' : one.reason.code))).toEqual([
      'yes',
      'yes',
      'yes',
      'MEMORY_EXCEEDED',
    ])
  })

  test('refuses more disk than is free', async () => {
    const kit = openKit({ capacity: { memoryBytes: null, diskFreeBytes: 9.5 * GB } })
    expect(await refusal(kit, { diskSpace: 10 })).toMatchObject({
      code: 'DISK_EXCEEDED',
      message: expect.stringMatching(/^At most 9 GB/),
    })
    await kit.provision(input({ diskSpace: 9 }))
  })

  test('writes nothing when the pool is full', async () => {
    const kit = openKit({ ranges: smallRanges(1) })
    await kit.provision(input({ name: 'First' }))
    expect((await refusal(kit, {})).code).toBe('POOL_EXHAUSTED')
  })

  test('stores what LATEST is not, so that it never moves', async () => {
    const kit = openKit()
    const fixed = await kit.provision(input({ name: 'Fixed', version: '1.20.4' }))
    const latest = await kit.provision(input({ name: 'Latest' }))
    expect(findServer(kit.database, fixed.id)?.resolvedVersion).toBe('1.20.4')
    expect(findServer(kit.database, latest.id)?.resolvedVersion).toBeNull()
  })

  test('records whom it passed over', async () => {
    const kit = openKit()
    kit.probe.held.set(25565, nginx)
    expect((await kit.provision(input())).port).toBe(25566)
    expect(kit.counts('game')).toEqual({ free: 434, reserved: 1, blocked: 1 })
  })
})

describe('assignServerIP', () => {
  test('picks among the enabled regions that have an address, and hosts in them', () => {
    const { database } = openKit()
    database.exec(`
      INSERT INTO regions (id, name, enabled) VALUES ('eu', 'Europe', 1), ('us', 'America', 1), ('off', 'Off', 0);
      INSERT INTO hosts (id, region_id, name, enabled, public_address) VALUES
        ('eu-1', 'eu', 'eu-1', 1, 'eu.example.org'), ('eu-2', 'eu', 'eu-2', 0, 'x.example.org'),
        ('us-1', 'us', 'us-1', 1, NULL), ('off-1', 'off', 'off-1', 1, 'off.example.org')`)
    const seen = new Set(Array.from({ length: 200 }, () => JSON.stringify(assignServerIP(database))))
    expect([...seen].sort()).toEqual(
      [
        { regionId: 'eu', hostId: 'eu-1', address: 'eu.example.org' },
        { regionId: LOCAL, hostId: LOCAL, address: '192.0.2.7' },
      ].map((one) => JSON.stringify(one)),
    )
    expect(assignServerIP(database, 'eu').hostId).toBe('eu-1')
    expect(() => assignServerIP(database, 'us')).toThrow('No enabled region has a host')
    expect(() => assignServerIP(database, 'off')).toThrow('One of: us, eu, local.')
    expect(listRegions(database).map(({ id }) => id)).toEqual(['us', 'eu', 'off', 'local'])
  })

  test('asks for a number below what there is', () => {
    const { database } = openKit()
    const asked: number[] = []
    assignServerIP(database, undefined, (below) => {
      asked.push(below)
      return below - 1
    })
    expect(asked).toEqual([1, 1])
  })
})
