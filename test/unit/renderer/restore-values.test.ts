import { describe, expect, it } from 'vitest'
import { gameText } from '../../../src/renderer/components/backups/backup-words.ts'
import { newErrors, readNew } from '../../../src/renderer/components/backups/restore-values.ts'
import { problemOf } from '../../../src/renderer/problem.ts'
import { LightNodeError } from '../../../src/shared/errors.ts'

describe('a backup into a new server', () => {
  const good = { name: ' Harbour restored ', memory: '2', acceptEula: true }

  it('sends name, memory and the EULA', () => {
    expect(readNew(good)).toEqual({
      input: { name: 'Harbour restored', memory: 2, acceptEula: true },
      errors: null,
    })
  })

  it('names every wrong field at once, and never sends without the EULA', () => {
    const { input, errors } = readNew({ name: '', memory: '', acceptEula: false })
    expect(input).toBeNull()
    expect(Object.keys(errors ?? {}).sort()).toEqual(['acceptEula', 'memory', 'name'])
    expect(readNew({ ...good, acceptEula: false }).input).toBeNull()
  })

  it.each([
    ['NAME_TAKEN', 'name'],
    ['MEMORY_EXCEEDED', 'memory'],
    ['EULA_REQUIRED', 'acceptEula'],
  ] as const)('puts %s beside %s', (code, field) => {
    expect(Object.keys(newErrors(problemOf(new LightNodeError(code))).fields)).toEqual([field])
  })

  it('writes the game as people do, also one that is not known here', () => {
    expect(gameText({ type: 'NEOFORGE', version: '1.21.4' })).toBe('NeoForge 1.21.4')
    expect(gameText({ type: 'toString', version: '1' })).toBe('toString 1')
  })
})
