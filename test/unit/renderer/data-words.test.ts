import { describe, expect, it } from 'vitest'
import { copyReason, isSame, repeatError } from '../../../src/renderer/pages/settings/data-words.ts'
import { readWorlds, worldsErrors } from '../../../src/renderer/pages/settings/worlds-values.ts'

describe('copies of the database', () => {
  it('say why they were made', () => {
    expect(copyReason('daily')).toBe('Daily')
    expect(copyReason('before-migration-3')).toBe('Before the update to schema 3')
    expect(copyReason('something-new')).toBe('something-new')
  })

  it('change nothing only where every part of the comparison is empty', () => {
    const same = { name: 'x', at: 1, returning: [], forgotten: [], changed: [] }
    expect(isSame(same)).toBe(true)
    expect(isSame({ ...same, forgotten: ['Lobby'] })).toBe(false)
    expect(isSame({ ...same, changed: [{ name: 'Lobby', differences: ['Port'] }] })).toBe(false)
  })

  it('are exported with a password that was typed the same twice', () => {
    expect(repeatError('one', 'one')).toBeNull()
    expect(repeatError('one', 'One')).not.toBeNull()
  })
})

describe('settings of world backups', () => {
  const good = { folder: ' /w ', daily: true, keep: 7, keepGb: '2.5' }

  it('are read as the contract takes them', () => {
    expect(readWorlds(good).worlds).toEqual({ folder: '/w', daily: true, keep: 7, keepGb: 2.5 })
  })

  it('name every field that is wrong', () => {
    const { errors } = readWorlds({ folder: '', daily: false, keep: '', keepGb: 0 })
    expect(Object.keys(errors ?? {}).sort()).toEqual(['folder', 'keep', 'keepGb'])
    expect(readWorlds({ ...good, keep: 400 }).errors?.keep).toMatch(/365/)
  })

  it('find their fields in a refusal of the core', () => {
    const message = 'Give the folder an absolute path.'
    expect(worldsErrors([{ field: 'worlds.folder', message }])).toEqual({ folder: message })
    expect(worldsErrors([{ field: 'folder', message }])).toEqual({ folder: message })
    expect(worldsErrors([{ field: 'image', message }])).toEqual({})
  })
})
