import type { Engine } from '../../../src/main/engine/types.ts'
import type { Points } from './points.ts'

/** The watch asks these by the clock; they belong to no operation. */
const unasked = new Set(['info', 'ping', 'events'])

/** The engine with a point before each call, and one between its answer and whatever we do with it. */
export function wrapEngine(engine: Engine, points: Points): Engine {
  return new Proxy(engine, {
    get(target, key) {
      const value: unknown = Reflect.get(target, key, target)
      if (typeof value !== 'function') return value
      if (typeof key === 'symbol' || unasked.has(key)) return value.bind(target)
      return async (...args: unknown[]) => {
        points.pass(`engine.${key}.before`)
        try {
          return await value.apply(target, args)
        } finally {
          points.pass(`engine.${key}.after`)
        }
      }
    },
  })
}
