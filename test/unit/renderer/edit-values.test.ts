import { describe, expect, it } from 'vitest'
import {
  editErrors,
  editStart,
  isAdvanced,
  readEdit,
} from '../../../src/renderer/pages/server/edit-values.ts'
import { problemOf } from '../../../src/renderer/problem.ts'
import { LightNodeError } from '../../../src/shared/errors.ts'

const server = {
  name: 'Harbour',
  memory: 2,
  type: 'VANILLA',
  version: 'LATEST',
  ownAddress: null,
  environment: { SEED: '42', DIFFICULTY: 'hard' },
} as const
const start = editStart(server)

describe('readEdit', () => {
  it('sends what differs, and nothing else', () => {
    expect(readEdit(start, server)).toEqual({ changes: {}, errors: null })
    expect(readEdit({ ...start, name: ' Harbour ', address: '  ' }, server).changes).toEqual({})
    expect(readEdit({ ...start, memory: '4' }, server).changes).toEqual({ memory: 4 })
    expect(readEdit({ ...start, name: 'Old harbour' }, server).changes).toEqual({ name: 'Old harbour' })
    expect(readEdit({ ...start, name: 'harbour', memory: 0.5 }, server).changes).toEqual({
      name: 'harbour',
      memory: 0.5,
    })
    expect(readEdit({ ...start, type: 'PAPER', version: '1.21.4' }, server).changes).toEqual({
      type: 'PAPER',
      version: '1.21.4',
    })
  })

  it('takes an empty address for the host’s', () => {
    const own = { ...server, ownAddress: 'play.example.org' }
    expect(readEdit({ ...editStart(own), address: '' }, own).changes).toEqual({ address: null })
    expect(readEdit({ ...start, address: ' play.example.org ' }, server).changes).toEqual({
      address: 'play.example.org',
    })
    expect(readEdit(editStart(own), own).changes).toEqual({})
  })

  it('sends all variables when one differs, in whatever order they are', () => {
    const [seed, difficulty] = start.variables
    if (!seed || !difficulty) throw new Error('two variables')
    expect(readEdit({ ...start, variables: [difficulty, seed] }, server).changes).toEqual({})
    expect(readEdit({ ...start, variables: [seed] }, server).changes).toEqual({ environment: { SEED: '42' } })
    const easy = { ...difficulty, value: 'easy' }
    expect(readEdit({ ...start, variables: [seed, easy] }, server).changes).toEqual({
      environment: { SEED: '42', DIFFICULTY: 'easy' },
    })
  })

  it('names every wrong field at once', () => {
    const wrong = { ...start, name: ' ', memory: '', version: 'newest', address: 'no address' }
    const { changes, errors } = readEdit({ ...wrong, variables: [{ name: 'EULA', value: 'TRUE' }] }, server)
    expect(changes).toBeNull()
    expect(errors).toMatchObject({
      name: 'Give the server a name.',
      memory: 'Memory is a number of GB.',
      'variables.0.name': 'LightNode sets this one itself.',
    })
    expect(Object.keys(errors ?? {}).sort()).toEqual([
      'address',
      'memory',
      'name',
      'variables.0.name',
      'version',
    ])
  })

  it('tells what is folded away', () => {
    expect(isAdvanced({ name: 'x', memory: 'x' })).toBe(false)
    expect(isAdvanced({ name: 'x', 'variables.0.name': 'x' })).toBe(true)
  })
})

describe('editErrors', () => {
  it.each([
    ['NAME_TAKEN', 'name'],
    ['MEMORY_EXCEEDED', 'memory'],
  ] as const)('puts %s beside %s', (code, field) => {
    const { fields, other } = editErrors(problemOf(new LightNodeError(code)), [])
    expect(Object.keys(fields)).toEqual([field])
    expect(other).toBeNull()
  })

  it('puts the fields of INVALID_INPUT beside them, and keeps what belongs to none', () => {
    const wrong = (field: string) =>
      problemOf(new LightNodeError('INVALID_INPUT', undefined, { fields: [{ field, message: 'No.' }] }))
    const { variables } = start
    expect(editErrors(wrong('memory'), variables)).toEqual({ fields: { memory: 'No.' }, other: null })
    expect(editErrors(wrong('environment.DIFFICULTY'), variables).fields).toEqual({
      'variables.1.value': 'No.',
    })
    expect(editErrors(wrong('environment'), variables).fields).toEqual({ variables: 'No.' })
    expect(editErrors(wrong('environment.GONE'), variables).fields).toEqual({ variables: 'No.' })
    expect(editErrors(wrong('owner'), variables).other).not.toBeNull()
    const busy = problemOf(new LightNodeError('BUSY'))
    expect(editErrors(busy, variables)).toEqual({ fields: {}, other: busy })
  })
})
