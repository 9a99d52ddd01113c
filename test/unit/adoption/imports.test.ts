import { describe, expect, test } from 'vitest'
import type { ContainerSummary } from '../../../src/main/engine/types.ts'
import { dump, failureOf } from '../core/kit.ts'
import { openAdoptionKit } from './adoption-kit.ts'

const csv = (...rows: string[]) => ({
  kind: 'csv' as const,
  text: ['name,port,ipAddress,rconPassword,memory', ...rows].join('\n'),
})

describe('an import', () => {
  test('with doubled ports is refused as a whole, and written as a whole once the proposals are taken', async () => {
    const kit = openAdoptionKit()
    const { first } = kit
    const source = csv(
      `One,${first},,abcdefghijkl,1`,
      `Two,${first},198.51.100.9,pass word,2 GB`,
      `one,${first + 10_500},192.0.2.7,,1024 MB`,
    )
    const before = dump(kit.database)
    const plan = await kit.imports.preview(source, [])
    expect(
      plan.rows.map(({ conflicts }) => conflicts.map(({ field, proposal }) => [field, proposal])),
    ).toEqual([[], [['port', String(first + 1)]], [['name', 'one 2']]])
    expect(await failureOf(() => kit.imports.apply(source, [], 'test'))).toMatchObject({
      code: 'INVALID_INPUT',
      data: { fields: [{ field: 'rows.2.port' }, { field: 'rows.3.name' }] },
    })
    expect(dump(kit.database)).toEqual(before)
    const fixes = [
      { row: 2, port: first + 1 },
      { row: 3, name: 'one 2' },
    ]
    const servers = await kit.imports.apply(source, fixes, 'test')
    expect(servers).toMatchObject([
      { name: 'One', port: first, status: 'stopped', newWorld: true, memory: 1, ownAddress: null },
      { name: 'Two', port: first + 1, ipAddress: '198.51.100.9', ownAddress: '198.51.100.9', memory: 2 },
      { name: 'one 2', port: first + 10_500, ownAddress: null, memory: 1, addressFinal: false },
    ])
    expect(servers.map(({ id }) => kit.rconPassword(id))).toEqual([
      'abcdefghijkl',
      'pass word',
      expect.stringMatching(/^\w{12}$/),
    ])
    expect(new Set(servers.map(({ rconPort }) => rconPort)).size).toBe(3)
    expect(kit.changes()).toEqual([])
    const told = kit.database.prepare("SELECT message FROM activity WHERE action = 'server.imported'").all()
    expect(told).toHaveLength(3)
    expect(JSON.stringify([plan, kit.database.prepare('SELECT * FROM activity').all()])).not.toContain(
      'pass word',
    )
  })

  test('is refused whole when there are not enough RCON ports', async () => {
    const kit = openAdoptionKit()
    const rows = [...Array(11).keys()].map((index) => `S${index},${kit.first + 10_000 + index},,,1`)
    const before = dump(kit.database)
    expect(await failureOf(() => kit.imports.apply(csv(...rows), [], 'test'))).toMatchObject({
      code: 'POOL_EXHAUSTED',
    })
    expect(dump(kit.database)).toEqual(before)
    expect(await kit.imports.apply(csv(...rows.slice(1)), [], 'test')).toHaveLength(10)
  })

  test('accepts no EULA: the first start asks, and makes a new world then', async () => {
    const kit = openAdoptionKit()
    const [server] = await kit.imports.apply(csv(`One,${kit.first},,abcdefghijkl,1`), [], 'test')
    const id = server?.id ?? ''
    expect(await failureOf(() => kit.servers.start(id, 'test'))).toMatchObject({ code: 'EULA_REQUIRED' })
    // Whatever else would start it.
    kit.launcher.launch(id)
    expect((await kit.until(id, 'failed')).problem?.code).toBe('EULA_REFUSED')
    expect(kit.changes().filter((call) => call.startsWith('createContainer'))).toEqual([])
    kit.servers.start(id, 'test', { acceptEula: true })
    const online = await kit.until(id, 'online')
    expect(online).toMatchObject({ port: kit.first, newWorld: false })
    expect(kit.rconPassword(id)).toBe('abcdefghijkl')
  })

  test('names the container that holds a port, to be adopted instead', async () => {
    const kit = openAdoptionKit()
    const containerId = await kit.byHand({ port: kit.first + 3 })
    // What the pool sees of the engine is made up apart.
    const seen = (await kit.listContainers()) as ContainerSummary[]
    seen.push(...(await kit.engine.listContainers()))
    const { rows } = await kit.imports.preview(csv(`One,${kit.first + 3},,,1`), [])
    expect(rows).toMatchObject([{ adoptable: containerId, conflicts: [] }])
  })

  test('without an engine is planned all the same', async () => {
    const kit = openAdoptionKit({ engine: false })
    expect(await kit.imports.apply(csv(`One,${kit.first},,,1`), [], 'test')).toHaveLength(1)
  })

  test('of a port in the pool of RCON gives that to nobody else', async () => {
    const kit = openAdoptionKit()
    const servers = await kit.imports.apply(
      csv(`One,${kit.first + 10},,,1`, `Two,${kit.first + 11},,,1`),
      [],
      'test',
    )
    const ports = servers.flatMap(({ port, rconPort }) => [port, rconPort])
    expect(new Set(ports).size).toBe(4)
  })
})
