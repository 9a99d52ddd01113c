import { describe, expect, it } from 'vitest'
import {
  formatAgo,
  formatBytes,
  formatDay,
  formatDuration,
  formatGigabytes,
  plural,
} from '../../../src/renderer/components/format.ts'

const MB = 1024 * 1024
const now = new Date(2026, 10, 24, 12, 0, 0).getTime()
const minute = 60_000
const day = 24 * 60 * minute

describe('format', () => {
  it('writes bytes in the unit a person would choose', () => {
    expect([0, 999, 312 * MB, 1434 * MB, 9.96 * 1024 * MB, 2048 * 1024 * MB].map(formatBytes)).toEqual([
      '0 B',
      '999 B',
      '312 MB',
      '1.4 GB',
      '10 GB',
      '2 TB',
    ])
  })

  it('writes gigabytes with at most one decimal', () => {
    expect([2, 0.5, 21.44].map(formatGigabytes)).toEqual(['2 GB', '0.5 GB', '21.4 GB'])
  })

  it('writes lengths of time', () => {
    expect([-5, 400, 9_940, 9_960, 48_000, 60_000, 72_000, 3_600_000, 7_500_000].map(formatDuration)).toEqual(
      ['<0.1 s', '0.4 s', '9.9 s', '10 s', '48 s', '1 min', '1 min 12 s', '1 h', '2 h 5 min'],
    )
  })

  it('writes moments as seen from now, with the year where it differs', () => {
    const ages = [0, 5 * minute, 3 * 60 * minute, 30 * 60 * minute, 5 * day, 40 * day, 400 * day]
    expect(ages.map((age) => formatAgo(now - age, now))).toEqual([
      'just now',
      '5 min ago',
      '3 h ago',
      'yesterday',
      '5 days ago',
      '15 Oct',
      '20 Oct 2025',
    ])
  })

  it('names days', () => {
    expect([now, now - day, now - 3 * day].map((at) => formatDay(at, now))).toEqual([
      'Today',
      'Yesterday',
      '21 Nov 2026',
    ])
  })

  it('counts', () => {
    expect([plural(1, 'server'), plural(2, 'match', 'matches')]).toEqual(['1 server', '2 matches'])
  })
})
