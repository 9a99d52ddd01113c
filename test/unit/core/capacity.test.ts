import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { memoryLimitBytes } from '../../../src/main/game/image.ts'
import { checkDisk, checkMemory, freeHeapMb, freeMemoryGb } from '../../../src/main/provisioning/capacity.ts'
import { failureOf } from './kit.ts'

const GB = 1024 ** 3
const heaps = fc.array(fc.integer({ min: 512, max: 16 * 1024 }), { maxLength: 6 })
/** Engines tell their memory in bytes, rarely whole megabytes. */
const total = fc.integer({ min: 0, max: 256 * 1024 ** 2 }).map((kilobytes) => kilobytes * 1024)

describe('freeHeapMb', () => {
  test('is the largest heap whose limit still fits beside the promised ones', () => {
    fc.assert(
      fc.property(total, heaps, (bytes, promised) => {
        const left = bytes - promised.reduce((sum, heap) => sum + memoryLimitBytes(heap), 0)
        const heap = freeHeapMb(bytes, promised)
        if (heap > 0) expect(memoryLimitBytes(heap)).toBeLessThanOrEqual(left)
        expect(memoryLimitBytes(heap + 1)).toBeGreaterThan(left)
      }),
      { numRuns: 5000 },
    )
  })

  test('gives back exactly the heap whose limit it is handed', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1024 * 1024 }), (heap) => {
        expect(freeHeapMb(memoryLimitBytes(heap), [])).toBe(heap)
        expect(freeHeapMb(memoryLimitBytes(heap) - 1, [])).toBeLessThan(heap)
      }),
      { numRuns: 2000 },
    )
  })

  test('is 0 when nothing fits, never less', () => {
    expect(freeHeapMb(0, [])).toBe(0)
    expect(freeHeapMb(512 * 1024 ** 2, [])).toBe(0)
    expect(freeHeapMb(GB, [4096])).toBe(0)
  })
})

describe('checkMemory', () => {
  test('refuses what does not fit and names a number that then works', async () => {
    await fc.assert(
      fc.asyncProperty(
        total,
        heaps,
        fc.integer({ min: 512, max: 64 * 1024 }),
        async (bytes, promised, heap) => {
          if (heap <= freeHeapMb(bytes, promised)) return checkMemory(heap, bytes, promised)
          const error = await failureOf(() => checkMemory(heap, bytes, promised))
          expect(error.code).toBe('MEMORY_EXCEEDED')
          const named = Number(/^At most ([\d.]+) GB/.exec(error.message)?.[1] ?? 0)
          expect(named).toBe(freeMemoryGb(bytes, promised))
          if (named > 0) checkMemory(named * 1024, bytes, promised)
          else expect(error.message).toContain('No memory is left')
        },
      ),
      { numRuns: 1000 },
    )
  })

  test('lets everything pass while the engine is unknown', () => {
    checkMemory(1024 * 1024, null, [1024 * 1024])
  })
})

describe('checkDisk', () => {
  test('refuses what is not free and names a number that then works', async () => {
    const free = 7.9 * GB
    checkDisk(7, free)
    const error = await failureOf(() => checkDisk(8, free))
    expect(error).toMatchObject({
      code: 'DISK_EXCEEDED',
      message: 'At most 7 GB: that is what is free where the engine keeps its volumes.',
      data: { fields: [{ field: 'diskSpace' }] },
    })
  })

  test('offers no number where less than the smallest is free', async () => {
    const error = await failureOf(() => checkDisk(1, 0.9 * GB))
    expect(error.code).toBe('DISK_EXCEEDED')
    expect(error.message).toBe('Less than 1 GB is free where the engine keeps its volumes.')
  })

  test('lets everything pass where the free space can not be known', () => {
    checkDisk(1000, null)
  })
})
