import { describe, expect, it } from 'vitest'
import { engineAdvice, engineLine } from '../../../src/renderer/components/engine-words.ts'
import { engine } from '../../support/fixture/samples.ts'

describe('engine words', () => {
  it('says the engine in one line', () => {
    expect(engineLine(null).text).toBe('Looking for Docker…')
    expect(engineLine(engine).text).toBe('Docker 28.1.1 · local')
    expect(engineLine({ ...engine, version: '20.10.24+dfsg1' }).text).toBe('Docker 20.10.24 · local')
    expect(engineLine({ ...engine, version: null }).text).toBe('Docker · local')
    expect(engineLine({ ...engine, state: 'mismatch' }).tone).toBe('waiting')
  })

  it('advises by operating system', () => {
    const missing = { ...engine, state: 'missing' as const }
    const commands = (platform: string) =>
      engineAdvice(missing, platform)?.steps.map(({ command }) => command)
    expect(commands('linux')).toContain('sudo systemctl start docker')
    expect(commands('darwin')).toContain('colima start')
    expect(commands('win32')).toContain('winget install Docker.DockerDesktop')
    expect(commands('freebsd')).toEqual(commands('linux'))
  })

  it('has nothing to advise while the engine can be used', () => {
    expect(engineAdvice(engine, 'linux')).toBeNull()
    expect(engineAdvice({ ...engine, state: 'searching' }, 'linux')).toBeNull()
    for (const state of ['denied', 'remote', 'mismatch'] as const)
      expect(engineAdvice({ ...engine, state }, 'linux')?.title).toBeTruthy()
  })
})
