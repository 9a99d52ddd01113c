import type {
  Discovery,
  Engine,
  EngineEvent,
  EngineInfo,
  EngineWatch,
} from '../../../src/main/engine/types.ts'

/** A watch that is told what it sees. */
export interface FakeWatch extends EngineWatch {
  see(found: Discovery['state'] | { engine: Engine; info: EngineInfo }): void
  emit(event: Pick<EngineEvent, 'action' | 'labels'> & Partial<EngineEvent>): void
}

export function fakeWatch(): FakeWatch {
  const changes = new Set<() => void>()
  const events = new Set<(event: EngineEvent) => void>()
  let current: EngineWatch['current'] = { state: 'searching' }
  const idle = async () => {}
  return {
    ...{ start: idle, refresh: idle, stop: idle },
    get current() {
      return current
    },
    onChange(listener) {
      changes.add(listener)
      return () => changes.delete(listener)
    },
    onEvent(listener) {
      events.add(listener)
      return () => events.delete(listener)
    },
    see(found) {
      current =
        typeof found === 'object'
          ? { state: 'available', ...found, source: 'test', tried: [] }
          : ({ state: found, source: null, endpoint: null, tried: [] } as EngineWatch['current'])
      for (const listener of [...changes]) listener()
    },
    emit(event) {
      for (const listener of [...events]) listener({ containerId: '', exitCode: null, at: 0, ...event })
    },
  }
}
