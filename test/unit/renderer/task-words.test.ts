import { describe, expect, it } from 'vitest'
import { endsGame } from '../../../src/renderer/pages/server/drift-words.ts'
import {
  canGiveUpStart,
  describeTask,
  isToldByTask,
  mainButton,
  taskPercent,
  underStatus,
  underWay,
} from '../../../src/renderer/pages/server/task-words.ts'
import { problemOf } from '../../../src/renderer/problem.ts'
import { errorCatalogue, LightNodeError } from '../../../src/shared/errors.ts'
import { run, server } from '../../support/fixture/samples.ts'
import { task } from '../../support/fixture/samples-worlds.ts'

const MB = 1024 * 1024
const { message, remedy } = errorCatalogue.BACKUP_FAILED
const failed = task('backup', { problem: { code: 'BACKUP_FAILED', message, remedy } })
const harbour = server({ id: 's1', name: 'Harbour' })
const renamed = { kind: 'renamed', message: 'It is called otherwise.', mend: 'Rename back' } as const

describe('a task in words', () => {
  it('says bytes where they are known', () => {
    const step = 'Copying the world'
    expect(describeTask({ step, progress: null })).toBe('Copying the world')
    expect(describeTask({ step, progress: { bytes: 312 * MB, total: null } })).toBe(
      'Copying the world: 312 MB',
    )
    const half = { step, progress: { bytes: 312 * MB, total: 1229 * MB } }
    expect(describeTask(half)).toBe('Copying the world: 312 MB of 1.2 GB')
    expect(taskPercent(half)).toBeCloseTo(25.4, 1)
  })

  it('has no bar while nobody knows how far it is', () => {
    expect(taskPercent({ progress: null })).toBeNull()
    expect(taskPercent({ progress: { bytes: 5, total: null } })).toBeNull()
    expect(taskPercent({ progress: { bytes: 5, total: 0 } })).toBeNull()
    expect(taskPercent({ progress: { bytes: 9, total: 5 } })).toBe(100)
  })

  it('counts one that went wrong as over', () => {
    expect(underWay({ task: task('stop') })?.kind).toBe('stop')
    expect(underWay({ task: failed })).toBeNull()
  })

  it('says under a status what matters most', () => {
    const drift = [renamed]
    expect(underStatus({ task: task('stop'), drift })).toEqual({ text: 'Stopping…', failed: false })
    expect(underStatus({ task: failed, drift })).toEqual({ text: 'Backing up failed', failed: true })
    expect(underStatus({ task: null, drift })).toEqual({ text: 'Changed outside', failed: false })
    expect(underStatus({ task: null, drift: [] })).toBeNull()
  })

  it('knows the same problem in a task and in an answer', () => {
    const answered = problemOf(new LightNodeError('BACKUP_FAILED'))
    expect(isToldByTask({ task: failed }, answered)).toBe(true)
    expect(isToldByTask({ task: failed }, { ...answered, message: 'Another one.' })).toBe(false)
    expect(isToldByTask({ task: null }, answered)).toBe(false)
  })
})

describe('the buttons', () => {
  it.each([
    ['online', null, { does: 'stop', busy: false, disabled: false }],
    ['online', task('stop'), { does: 'stop', busy: true, disabled: true }],
    ['online', task('backup'), { does: 'stop', busy: false, disabled: true }],
    ['online', failed, { does: 'stop', busy: false, disabled: false }],
    ['stopped', null, { does: 'start', busy: false, disabled: false }],
    ['stopped', task('change'), { does: 'start', busy: false, disabled: true }],
    ['starting', null, { does: 'stop', busy: false, disabled: true }],
    ['provisioning', null, null],
    ['failed', null, null],
  ] as const)('%s with %o', (status, open, button) => {
    expect(mainButton({ ...harbour, status, task: open })).toEqual(button)
  })

  it('offers to give a start up while it is under way', () => {
    expect(canGiveUpStart(harbour)).toBe(false)
    const starting = { ...harbour, run: run('verify', 'running') }
    expect(canGiveUpStart(starting)).toBe(true)
    expect(canGiveUpStart({ ...starting, task: task('stop') })).toBe(false)
    expect(canGiveUpStart({ ...starting, run: null })).toBe(false)
  })

  it('asks before a mending that disconnects players', () => {
    const changed = { kind: 'changed', message: 'Its port differs.', mend: 'Make anew' } as const
    expect(endsGame(changed, { status: 'online' })).toBe(true)
    expect(endsGame(changed, { status: 'stopped' })).toBe(false)
    expect(endsGame({ ...changed, mend: 'Put right' }, { status: 'online' })).toBe(false)
    expect(endsGame(renamed, { status: 'online' })).toBe(false)
  })
})
