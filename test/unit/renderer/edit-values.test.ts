import { describe, expect, it } from 'vitest'
import { editErrors, readEdit } from '../../../src/renderer/pages/server/edit-values.ts'
import { problemOf } from '../../../src/renderer/problem.ts'
import { LightNodeError } from '../../../src/shared/errors.ts'

const server = { name: 'Harbour', memory: 2 }

describe('readEdit', () => {
  it('sends what differs, and nothing else', () => {
    expect(readEdit({ name: ' Harbour ', memory: 2 }, server)).toEqual({ changes: {}, errors: null })
    expect(readEdit({ name: 'Harbour', memory: '4' }, server).changes).toEqual({ memory: 4 })
    expect(readEdit({ name: 'Old harbour', memory: 2 }, server).changes).toEqual({ name: 'Old harbour' })
    expect(readEdit({ name: 'harbour', memory: 0.5 }, server).changes).toEqual({
      name: 'harbour',
      memory: 0.5,
    })
  })

  it('names every wrong field at once', () => {
    expect(readEdit({ name: ' ', memory: '' }, server)).toEqual({
      changes: null,
      errors: { name: 'Give the server a name.', memory: 'Memory is a number of GB.' },
    })
  })
})

describe('editErrors', () => {
  it.each([
    ['NAME_TAKEN', 'name'],
    ['MEMORY_EXCEEDED', 'memory'],
  ] as const)('puts %s beside %s', (code, field) => {
    const { fields, other } = editErrors(problemOf(new LightNodeError(code)))
    expect(Object.keys(fields)).toEqual([field])
    expect(other).toBeNull()
  })

  it('puts the fields of INVALID_INPUT beside them, and keeps what belongs to none', () => {
    const fields = [{ field: 'memory', message: 'At most 4 GB.' }]
    const wrong = problemOf(new LightNodeError('INVALID_INPUT', undefined, { fields }))
    expect(editErrors(wrong)).toEqual({ fields: { memory: 'At most 4 GB.' }, other: null })
    const busy = problemOf(new LightNodeError('BUSY'))
    expect(editErrors(busy)).toEqual({ fields: {}, other: busy })
  })
})
