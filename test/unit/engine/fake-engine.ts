import type { Engine, EngineInfo } from '../../../src/main/engine/types.ts'

export const info: EngineInfo = {
  id: 'ID',
  name: 'here',
  version: '28.1.0',
  operatingSystem: 'Debian',
  architecture: 'x64',
  memoryBytes: 8e9,
  rootDir: '/var/lib/docker',
  sameMachine: true,
}

/** An engine that has only the parts that are given. */
export function fakeEngine(parts: Partial<Engine> & { ping?: () => Promise<void> }): Engine {
  return { endpoint: 'unix:///fake.sock', ...parts } as Engine
}
