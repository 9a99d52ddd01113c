import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Daily, tooMany } from '../../../src/main/worlds/retention.ts'

const dailies = fc
  .array(fc.record({ serverId: fc.constantFrom('a', 'b', 'c'), bytes: fc.integer({ min: 1, max: 100 }) }), {
    maxLength: 40,
  })
  .map((list) => list.map((one, n): Daily => ({ ...one, id: `backup-${n}` })))
const limits = fc.record({
  keep: fc.integer({ min: 1, max: 10 }),
  keepBytes: fc.integer({ min: 1, max: 1500 }),
})

const of = (list: readonly Daily[], serverId: string) => list.filter((one) => one.serverId === serverId)
const total = (list: readonly Daily[]) => list.reduce((sum, { bytes }) => sum + bytes, 0)

describe('which daily backups are too many', () => {
  test('never the newest of a server; never more than the number are left, and no fewer than fit', () => {
    fc.assert(
      fc.property(dailies, limits, (all, { keep, keepBytes }) => {
        const gone = tooMany(all, { keep, keepBytes })
        const left = all.filter((one) => !gone.includes(one))
        for (const serverId of ['a', 'b', 'c']) {
          expect(of(left, serverId).at(-1)).toBe(of(all, serverId).at(-1))
          expect(of(left, serverId).length).toBeLessThanOrEqual(keep)
          // What is left of a server is its newest, without a gap.
          expect(of(left, serverId)).toEqual(
            of(all, serverId).slice(-of(left, serverId).length || all.length),
          )
        }
        const spare = left.filter((one) => one !== of(left, one.serverId).at(-1))
        if (total(left) > keepBytes) expect(spare).toEqual([])
        // None goes for space that was there without it: the last one to go was still one too many.
        const byNumber = all.filter(
          (one) => of(all, one.serverId).indexOf(one) < of(all, one.serverId).length - keep,
        )
        const forSpace = gone.filter((one) => !byNumber.includes(one))
        const last = forSpace.at(-1)
        if (last) expect(total(left) + last.bytes).toBeGreaterThan(keepBytes)
      }),
      { numRuns: 500 },
    )
  })

  test('is asked for again without another answer', () => {
    fc.assert(
      fc.property(dailies, limits, (all, limit) => {
        const gone = tooMany(all, limit)
        expect(
          tooMany(
            all.filter((one) => !gone.includes(one)),
            limit,
          ),
        ).toEqual([])
      }),
    )
  })
})
