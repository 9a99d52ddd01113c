import { describe, expect, it } from 'vitest'
import {
  rangeErrors,
  readPublicAddress,
  readRanges,
} from '../../../src/renderer/pages/settings/host-forms.ts'

const values = { gameFirst: 25565, gameLast: 26000, rconFirst: 26001, rconLast: 26436 }

describe('host forms', () => {
  it('reads both ranges', () => {
    expect(readRanges({ ...values, gameLast: '25999' })).toEqual({
      errors: null,
      gamePorts: { first: 25565, last: 25999 },
      rconPorts: { first: 26001, last: 26436 },
    })
  })

  it('names each wrong field', () => {
    expect(readRanges({ ...values, gameFirst: 80, rconLast: '' }).errors).toEqual({
      gameFirst: 'A port from 1024 on.',
      rconLast: 'A whole number.',
    })
    expect(readRanges({ ...values, gameLast: 25000 }).errors).toEqual({
      gameLast: 'The first port comes before the last.',
    })
    expect(readRanges({ ...values, rconFirst: 26000 }).errors).toEqual({
      rconFirst: 'The two ranges may not overlap.',
    })
  })

  it('puts the core’s fields on the form’s', () => {
    expect(
      rangeErrors([
        { field: 'gamePorts', message: 'one' },
        { field: 'gamePorts.last', message: 'two' },
        { field: 'rconPorts.first', message: 'three' },
        { field: 'rconPorts.last', message: 'four' },
      ]),
    ).toEqual({ gameFirst: 'one', gameLast: 'two', rconFirst: 'three', rconLast: 'four' })
  })

  it('reads a public address, and none', () => {
    expect(readPublicAddress(' play.example.org ')).toEqual({ address: 'play.example.org', error: null })
    expect(readPublicAddress('2001:db8::1').address).toBe('2001:db8::1')
    expect(readPublicAddress('  ')).toEqual({ address: null, error: null })
    expect(readPublicAddress('play.example.org:25565').error).toBe(
      'An IP address or a host name, without port.',
    )
  })
})
