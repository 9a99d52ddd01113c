import { describe, expect, it } from 'vitest'
import {
  describeProgress,
  percent,
  showsProgress,
  stepLength,
  waitsForPort,
  wantsLog,
} from '../../../src/renderer/pages/server/steps.ts'
import { errorCatalogue } from '../../../src/shared/errors.ts'
import { run, server } from '../../support/fixture/samples.ts'

const MB = 1024 * 1024
const layer = (status: string) => ({ id: status, status, current: 1, total: 2 })

describe('steps', () => {
  it('describes a pull in bytes and layers', () => {
    const progress = {
      current: 312 * MB,
      total: 741 * MB,
      layers: [layer('Pull complete'), layer('Already exists'), layer('Downloading')],
    }
    expect(describeProgress(progress)).toBe('312 MB of 741 MB, 2 of 3 layers')
    expect(percent(progress)).toBeCloseTo(42.1, 1)
    expect(describeProgress({ current: 0, total: 0, layers: [] })).toBe('0 B')
    expect(percent({ current: 5, total: 0, layers: [] })).toBe(0)
    expect(percent({ current: 5, total: 4, layers: [] })).toBe(100)
  })

  it('tells a wait for a port from one for an engine and from a start', () => {
    const of = (changes: Partial<ReturnType<typeof server>>) =>
      waitsForPort(server({ id: 's', name: 'S', status: 'starting', ...changes }))
    expect(of({ run: run('start', 'waiting') })).toBe(true)
    expect(of({ run: run('start', 'waiting'), status: 'waiting' })).toBe(false)
    expect(of({ run: run('start', 'running') })).toBe(false)
    expect(of({ run: { ...run('start', 'waiting'), endedAt: 1 } })).toBe(false)
    expect(of({ run: null })).toBe(false)
  })

  it('shows the steps until the run has brought the server Online', () => {
    const of = (changes: Partial<ReturnType<typeof server>>) =>
      showsProgress(server({ id: 's1', name: 'Harbour', ...changes }))
    expect(of({})).toBe(false)
    expect(of({ status: 'provisioning', run: run('image', 'running') })).toBe(true)
    expect(of({ status: 'waiting', run: run('image', 'waiting') })).toBe(true)
    expect(of({ status: 'failed', run: run('verify', 'failed') })).toBe(true)
    expect(of({ status: 'stopped', run: run('verify', 'failed') })).toBe(false)
    expect(of({ status: 'failed', run: run('verify', 'done') })).toBe(false)
  })

  it('wants the log where the container explains the step', () => {
    const [, , , start, verify] = run('verify', 'running').steps
    const exited = { code: 'EXITED_EARLY' as const, ...errorCatalogue.EXITED_EARLY }
    const taken = { code: 'PORT_TAKEN' as const, ...errorCatalogue.PORT_TAKEN }
    expect(wantsLog(verify!, null)).toBe(true)
    expect(wantsLog({ ...verify!, state: 'pending' }, null)).toBe(false)
    expect(wantsLog({ ...verify!, state: 'done' }, null)).toBe(false)
    expect(wantsLog({ ...start!, state: 'failed' }, exited)).toBe(true)
    expect(wantsLog({ ...start!, state: 'failed' }, taken)).toBe(false)
  })

  it('measures a step that runs against now, and one that ended against its end', () => {
    const [step] = run('reserve', 'running').steps
    expect(stepLength({ ...step!, startedAt: 100, endedAt: null }, 350)).toBe(250)
    expect(stepLength({ ...step!, startedAt: 100, endedAt: 200 }, 350)).toBe(100)
    expect(stepLength({ ...step!, startedAt: null, endedAt: null }, 350)).toBeNull()
    expect(stepLength({ ...step!, state: 'pending', startedAt: 100, endedAt: null }, 350)).toBeNull()
  })
})
