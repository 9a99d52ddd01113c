import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type PlanContext, planImport } from '../../../src/main/adoption/plan.ts'
import { readTable, type SourceRow } from '../../../src/main/adoption/table.ts'
import { nameKey } from '../../../src/main/provisioning/names.ts'
import { Secret } from '../../../src/main/secrets/secret.ts'
import type { ImportFix, ImportRow } from '../../../src/shared/adoption.ts'

interface World {
  names?: string[]
  ports?: Record<number, string>
  free?: number[]
}

function contextOf({ names = [], ports = {}, free = [] }: World = {}): PlanContext {
  const keys = new Set(names.map(nameKey))
  return {
    isNameTaken: (key) => keys.has(key),
    ownerOfPort: (port) => ports[port] ?? null,
    holderOfPort: (port) => (port === 99 ? { kind: 'container', name: 'mc', id: 'c9', running: true } : null),
    isAdoptable: (id) => id === 'c9',
    freePorts: free.filter((port) => !(port in ports)),
    pool: { first: 100, last: 120 },
    addresses: ['192.0.2.7'],
    freeHeapMb: 4096,
  }
}

const row = (change: Partial<SourceRow>): SourceRow => ({
  ...{ name: 'A', port: '100', ipAddress: '', rconPassword: new Secret('abcdefghijkl'), memory: '1' },
  ...{ type: 'VANILLA', version: 'LATEST', problem: null, ...change },
})
const plan = (rows: SourceRow[], world?: World, fixes: ImportFix[] = []) =>
  planImport(rows, fixes, contextOf(world)).map((one) => one.row)
/** As a person takes every proposal; what has none is left out. */
function agreed(rows: readonly ImportRow[]): ImportFix[] {
  return rows.map(({ row: number, conflicts }) => {
    const fix: ImportFix = { row: number }
    for (const { field, proposal } of conflicts) {
      if (proposal === null) fix.leaveOut = true
      else if (field === 'name') fix.name = proposal
      else if (field === 'port') fix.port = Number(proposal)
      else if (field === 'memory') fix.memory = Number(proposal)
    }
    return fix
  })
}

describe('a plan', () => {
  test('finds what is doubled in the source and against what is there, each with a proposal', () => {
    const rows = [
      row({}),
      row({ name: 'a ', port: '100' }),
      row({ name: 'Taken', port: '105' }),
      row({ name: 'A 2', port: '101' }),
    ]
    const shown = plan(rows, {
      names: ['taken'],
      ports: { 105: 'Old, which is in the bin' },
      free: [100, 101, 102, 103],
    })
    expect(shown.map(({ conflicts }) => conflicts)).toEqual([
      [],
      [
        { field: 'name', message: 'Row 1 has this name, too.', proposal: 'a 3' },
        { field: 'port', message: 'Row 1 has this port, too.', proposal: '102' },
      ],
      [
        { field: 'name', message: 'Another server is called Taken.', proposal: 'Taken 2' },
        { field: 'port', message: 'Port 105 belongs to Old, which is in the bin.', proposal: '103' },
      ],
      [],
    ])
  })

  test('names every wrong field of every row at once', () => {
    const shown = plan([
      row({ name: '', port: '0', memory: 'lots', ipAddress: 'no address', rconPassword: new Secret('a\nb') }),
      row({ name: 'B', port: '70000', memory: '0.1' }),
    ])
    expect(shown.map(({ conflicts }) => conflicts.map(({ field }) => field))).toEqual([
      ['name', 'port', 'memory', 'ipAddress', 'rconPassword'],
      ['port', 'memory'],
    ])
  })

  test('says what is worth knowing, and shows no secret', () => {
    const [shown, second] = plan([
      row({ port: '99', ipAddress: '198.51.100.9', rconPassword: new Secret('short!'), memory: '5' }),
      row({
        name: '=HYPERLINK("x")',
        port: '100',
        ipAddress: '192.0.2.7',
        rconPassword: new Secret(''),
        memory: '',
      }),
    ])
    const notes = shown?.notes.join('\n') ?? ''
    for (const text of [
      'Its world will be new',
      'not like those of LightNode',
      '198.51.100.9 is no address of this machine',
      'outside the pool (100-120)',
      'held by container mc now: adopt that instead',
      'does not have that much memory',
    ])
      expect(notes).toContain(text)
    expect(shown).toMatchObject({ adoptable: 'c9', conflicts: [] })
    expect(JSON.stringify([shown, second])).not.toContain('short!')
    expect(second).toMatchObject({ name: '=HYPERLINK("x")', memory: 1, conflicts: [] })
    expect(second?.notes.join()).toContain('a new one is made')
  })

  test.each([
    ['2048', '2'],
    ['1536', '1.5'],
    ['0.1', '0.5'],
    ['9999999', '1'],
  ])('memory of %s is proposed as %s GB: a large number without a unit was of MB', (memory, proposal) => {
    const [shown] = plan([row({ memory })])
    expect(shown?.conflicts).toMatchObject([{ field: 'memory', proposal }])
  })

  test('a row that is left out is in nobody’s way', () => {
    const shown = plan([row({}), row({})], {}, [{ row: 1, leaveOut: true }])
    expect(shown.map(({ conflicts, notes }) => [conflicts.length, notes[0]])).toEqual([
      [0, 'Left out.'],
      [0, expect.stringContaining('world')],
    ])
  })

  test('with every proposal taken has no conflict left, whatever came', () => {
    const name = fc.oneof(
      fc.constantFrom('A', 'a', 'A 2', 'A 3', '', 'Straße', 'STRASSE', 'x'.repeat(50)),
      fc.string(),
    )
    const source = fc.record({
      name,
      port: fc.oneof(fc.integer({ min: 98, max: 106 }).map(String), fc.constantFrom('', '0', 'x', '99999')),
      ipAddress: fc.constantFrom('', '192.0.2.7', 'host.example', 'no address'),
      memory: fc.constantFrom('', '1', '0.1', '2000', 'x', '2048 MB'),
      problem: fc.constantFrom(null, null, null, 'odd'),
    })
    const world = fc.record({
      names: fc.array(name),
      ports: fc.dictionary(fc.integer({ min: 98, max: 112 }).map(String), fc.constant('Old')),
    })
    fc.assert(
      fc.property(fc.array(source, { maxLength: 20 }), world, (rows, { names, ports }) => {
        const there = { names, ports, free: [...Array(21).keys()].map((index) => 100 + index) }
        const all = rows.map((one) => row(one))
        const fixes = agreed(plan(all, there))
        const context = contextOf(there)
        const after = planImport(all, fixes, context)
        expect(after.flatMap((one) => one.row.conflicts)).toEqual([])
        const written = after.filter(({ leftOut }) => !leftOut)
        const keys = written.map(({ values }) => nameKey(values.name ?? ''))
        const taken = written.map(({ values }) => values.port)
        expect(new Set(keys).size).toBe(keys.length)
        expect(new Set(taken).size).toBe(taken.length)
        for (const key of keys) expect(context.isNameTaken(key)).toBe(false)
        for (const port of taken) expect(context.ownerOfPort(port ?? 0)).toBe(null)
      }),
      { numRuns: 300 },
    )
  })

  test('a table becomes rows', () => {
    const { rows } = readTable('name,port\nA,100\n"B, the second",101')
    expect(plan(rows).map(({ name, port, row: number }) => [number, name, port])).toEqual([
      [1, 'A', 100],
      [2, 'B, the second', 101],
    ])
  })
})
