import { ORPCError } from '@orpc/client'
import { describe, expect, it } from 'vitest'
import { problemOf } from '../../../src/renderer/problem.ts'

describe('problemOf', () => {
  it('reads an error of the contract', () => {
    const error = new ORPCError('INTERNAL', {
      message: 'Something went wrong.',
      data: { remedy: 'Report it.', reference: 'e7a41c' },
    })
    expect(problemOf(error)).toEqual({
      code: 'INTERNAL',
      message: 'Something went wrong.',
      remedy: 'Report it.',
      fields: [],
      reference: 'e7a41c',
    })
  })

  it('falls back to the catalogue where the data says nothing', () => {
    expect(problemOf(new ORPCError('BUSY')).remedy).toBe('Wait until it is done and try again.')
    expect(problemOf(null, 401).code).toBe('UNAUTHORIZED')
    expect(problemOf({ code: 'toString' }, 404).code).toBe('NOT_FOUND')
  })

  it('says that nobody answers when the call itself failed', () => {
    const problem = problemOf(new TypeError('Failed to fetch'))
    expect(problem.message).toBe('LightNode does not answer.')
    expect(problemOf(undefined)).toEqual(problem)
  })
})
