import { describe, expect, it } from 'vitest'
import { readVariables } from '../../../src/renderer/pages/server/variables.ts'

describe('readVariables', () => {
  it('passes over empty rows and keeps the rest', () => {
    const rows = [
      { name: ' SEED ', value: '42' },
      { name: '', value: '' },
      { name: 'MOTD', value: '' },
    ]
    expect(readVariables(rows)).toEqual({ environment: { SEED: '42', MOTD: '' }, errors: {} })
  })

  it('says at its own field what is wrong with each row', () => {
    const { errors } = readVariables([
      { name: 'SEED', value: '1' },
      { name: 'SEED', value: '2' },
      { name: '', value: 'alone' },
      { name: 'lower', value: 'x' },
      { name: 'RCON_PASSWORD', value: 'x' },
      { name: 'MOTD', value: 'two\nlines' },
    ])
    expect(errors).toEqual({
      'variables.1.name': 'There is one of this name above.',
      'variables.2.name': 'Give it a name.',
      'variables.3.name': 'A name is capital letters, digits and _.',
      'variables.4.name': 'LightNode sets this one itself.',
      'variables.5.value': 'No line breaks or control characters.',
    })
  })

  it('is not confused by names that every object has', () => {
    expect(readVariables([{ name: 'constructor', value: 'x' }]).errors).toEqual({
      'variables.0.name': 'A name is capital letters, digits and _.',
    })
  })

  it('refuses too many of them as a whole', () => {
    const rows = Array.from({ length: 51 }, (_, index) => ({ name: `V${index}`, value: 'x' }))
    expect(readVariables(rows).errors).toEqual({ variables: 'At most 50 variables.' })
  })
})
