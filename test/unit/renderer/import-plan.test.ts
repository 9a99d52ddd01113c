import { describe, expect, it } from 'vitest'
import {
  countRows,
  readFix,
  sharedNotes,
  shownRows,
  withFix,
} from '../../../src/renderer/pages/import/import-plan.ts'
import type { ImportPlan, ImportRow } from '../../../src/shared/adoption.ts'

const row = (number: number, changes: Partial<ImportRow> = {}): ImportRow => ({
  row: number,
  name: `Server ${number}`,
  port: 25565 + number,
  ipAddress: '192.168.1.20',
  memory: 2,
  conflicts: [],
  notes: [],
  adoptable: null,
  ...changes,
})
const plan = (...rows: ImportRow[]): ImportPlan => ({ source: 'a table', rows })
const taken = { field: 'port' as const, message: 'Taken.', proposal: '25600' }

describe('shownRows', () => {
  it('shows the newest of each row, with what the source had where it was set right', () => {
    const first = plan(row(1), row(2, { conflicts: [taken] }))
    const newest = plan(row(1), row(2, { port: 25600 }))
    const [, second] = shownRows(first, newest, [{ row: 2, port: 25600 }])
    expect(second).toEqual({
      row: row(2, { port: 25600 }),
      leftOut: false,
      fixed: [{ field: 'port', was: '25567' }],
    })
  })

  it('keeps a row in sight that was left out, whether the plan still has it or not', () => {
    const first = plan(row(1), row(2, { conflicts: [taken] }))
    for (const newest of [plan(row(1)), first]) {
      const rows = shownRows(first, newest, [{ row: 2, leaveOut: true }])
      expect(rows.map(({ row: { row }, leftOut }) => [row, leftOut])).toEqual([
        [1, false],
        [2, true],
      ])
      expect(countRows(rows)).toEqual({ taken: 1, open: 0 })
    }
  })

  it('counts what is in the way', () => {
    const first = plan(row(1, { conflicts: [taken, taken] }), row(2))
    expect(countRows(shownRows(first, first, []))).toEqual({ taken: 2, open: 1 })
  })
})

describe('sharedNotes', () => {
  it('are those of every row that is taken', () => {
    const first = plan(
      row(1, { notes: ['a', 'b'] }),
      row(2, { notes: ['b'] }),
      row(3, { notes: ['Left out.'] }),
    )
    expect(sharedNotes(shownRows(first, first, [{ row: 3, leaveOut: true }]))).toEqual(['b'])
    expect(sharedNotes(shownRows(first, first, []))).toEqual([])
    const alone = plan(row(1, { notes: ['a'] }))
    expect(sharedNotes(shownRows(alone, alone, []))).toEqual([])
  })
})

describe('withFix', () => {
  it('adds to what was decided about a row, and leaves the others', () => {
    const fixes = withFix(withFix([{ row: 1, name: 'One' }], 2, { port: 1 }), 2, { memory: 4 })
    expect(fixes).toEqual([
      { row: 1, name: 'One' },
      { row: 2, port: 1, memory: 4 },
    ])
  })

  it('takes a decision back, and forgets a row that nothing is decided about', () => {
    expect(withFix([{ row: 2, port: 1, memory: 4 }], 2, { port: undefined })).toEqual([{ row: 2, memory: 4 }])
    expect(withFix([{ row: 2, leaveOut: true }], 2, { leaveOut: undefined })).toEqual([])
  })
})

describe('readFix', () => {
  it('reads what was typed', () => {
    expect(readFix('name', ' Lobby ').changes).toEqual({ name: 'Lobby' })
    expect(readFix('port', ' 25600 ').changes).toEqual({ port: 25600 })
    expect(readFix('memory', '0.5').changes).toEqual({ memory: 0.5 })
  })

  it('says what is wrong with it', () => {
    expect(readFix('name', ' ').error).toMatch(/name/)
    for (const port of ['', '0', '65536', '1.5', 'x']) expect(readFix('port', port).error).toMatch(/65535/)
    expect(readFix('memory', '').error).not.toBeNull()
    expect(readFix('memory', '4096').error).toMatch(/1024/)
  })
})
