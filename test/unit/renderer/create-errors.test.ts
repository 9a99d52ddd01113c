import { describe, expect, it } from 'vitest'
import {
  createDefaults,
  createErrors,
  readCreate,
} from '../../../src/renderer/pages/servers/create-errors.ts'
import { problemOf } from '../../../src/renderer/problem.ts'
import { LightNodeError } from '../../../src/shared/errors.ts'

const good = { ...createDefaults, name: '  Harbour ', acceptEula: true }

describe('readCreate', () => {
  it('turns the values into the input of the contract', () => {
    expect(readCreate(good)).toEqual({
      errors: null,
      input: {
        name: 'Harbour',
        memory: 2,
        diskSpace: 10,
        type: 'VANILLA',
        version: 'LATEST',
        acceptEula: true,
      },
    })
    expect(readCreate({ ...good, region: 'local' }).input?.region).toBe('local')
  })

  it('names every wrong field at once', () => {
    const { errors } = readCreate({
      ...createDefaults,
      memory: '',
      diskSpace: 2000,
      version: 'newest',
    })
    expect(Object.keys(errors ?? {}).sort()).toEqual(['acceptEula', 'diskSpace', 'memory', 'name', 'version'])
    expect(errors?.name).toBe('Give the server a name.')
    expect(errors?.memory).toBe('Memory is a number of GB.')
  })

  it('never sends without the EULA', () => {
    expect(readCreate({ ...good, acceptEula: false }).input).toBeNull()
  })
})

describe('createErrors', () => {
  it.each([
    ['NAME_TAKEN', 'name'],
    ['EULA_REQUIRED', 'acceptEula'],
    ['MEMORY_EXCEEDED', 'memory'],
    ['DISK_EXCEEDED', 'diskSpace'],
  ] as const)('puts %s beside %s', (code, field) => {
    const { fields, other } = createErrors(problemOf(new LightNodeError(code)))
    expect(Object.keys(fields)).toEqual([field])
    expect(other).toBeNull()
  })

  it('puts the fields of INVALID_INPUT beside them', () => {
    const problem = problemOf(
      new LightNodeError('INVALID_INPUT', undefined, {
        fields: [
          { field: 'memory', message: 'At most 4 GB.' },
          { field: 'region', message: 'Choose a region.' },
        ],
      }),
    )
    expect(createErrors(problem)).toEqual({
      fields: { memory: 'At most 4 GB.', region: 'Choose a region.' },
      other: null,
    })
  })

  it('keeps what belongs to no field', () => {
    const problem = problemOf(new LightNodeError('POOL_EXHAUSTED', 'All 436 ports are in use.'))
    expect(createErrors(problem)).toEqual({ fields: {}, other: problem })
    const unknown = problemOf(
      new LightNodeError('INVALID_INPUT', 'owner: unknown', {
        fields: [{ field: 'owner', message: 'unknown' }],
      }),
    )
    expect(createErrors(unknown).other).toBe(unknown)
  })
})
