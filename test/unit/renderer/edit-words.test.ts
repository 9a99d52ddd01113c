import { describe, expect, it } from 'vitest'
import { editWords, newContainerWords } from '../../../src/renderer/pages/server/edit-words.ts'
import { portWords, readPort } from '../../../src/renderer/pages/server/port-choice.ts'

const online = { status: 'online', newWorld: false, adopted: false, composeProject: null } as const
const stopped = { ...online, status: 'stopped' } as const

describe('what Save will do', () => {
  it('says what needs a restart', () => {
    expect(editWords({}, online)).toEqual(['Nothing is changed yet.'])
    expect(editWords({ name: 'New' }, online)).toEqual(['The name changes at once.'])
    expect(editWords({ memory: 4 }, online)).toEqual(['Memory takes effect with a restart.'])
    expect(editWords({ memory: 4 }, stopped)).toEqual(['Memory takes effect with the next start.'])
    expect(editWords({ environment: {} }, online)).toEqual(['Variables take effect with a restart.'])
    expect(editWords({ memory: 4, environment: {} }, online)).toEqual([
      'Memory and variables take effect with a restart.',
    ])
  })

  it('says that the world is copied before another version', () => {
    expect(editWords({ version: '1.21.4' }, online).join(' ')).toMatch(/disconnected.*copied first.*kept/)
    expect(editWords({ type: 'PAPER' }, stopped)).toEqual([
      'The world is copied first, and the copy is kept.',
    ])
    expect(editWords({ type: 'PAPER' }, { ...stopped, newWorld: true }).join(' ')).not.toMatch(/copied/)
  })

  it('says when an adopted server needs a new container, and who made the old one', () => {
    const adopted = { ...online, adopted: true }
    expect(editWords({ memory: 4 }, adopted)).toContain(newContainerWords(adopted))
    expect(editWords({ name: 'New' }, adopted)).toEqual(['The name changes at once.'])
    expect(newContainerWords({ composeProject: 'mc' })).toMatch(/kept until.*project mc/)
  })
})

describe('another port', () => {
  it('is the next free one, or a number', () => {
    expect(readPort(null)).toEqual({ input: {}, error: null })
    expect(readPort('25570')).toEqual({ input: { port: 25570 }, error: null })
    for (const wrong of ['', 0, 70_000, 1.5, 'x']) expect(readPort(wrong).input).toBeNull()
  })

  it('says what happens to who plays', () => {
    expect(portWords({ status: 'online' })).toMatch(/disconnected/)
    expect(portWords({ status: 'stopped' })).not.toMatch(/disconnected/)
  })
})
