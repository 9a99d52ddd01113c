import type { Database } from '../../../src/main/database/open.ts'
import type { Points } from './points.ts'

type Callable = (...args: unknown[]) => unknown

/**
 * The database with points before and after each commit: of a transaction, and of a statement outside one. Where
 * a transaction begins, ends and what it is called is seen here, not told by the core.
 */
export function wrapDatabase(database: Database, points: Points): Database {
  /** The first thing that the open transaction writes: its name. */
  let first: string | null = null

  function wrapStatement(statement: object, sql: string): object {
    const label = labelOf(sql)
    const proxy: object = new Proxy(statement, {
      get(target, key) {
        const value: unknown = Reflect.get(target, key, target)
        if (typeof value !== 'function') return value
        const writes = label !== null && (key === 'run' || key === 'get' || key === 'all')
        return (...args: unknown[]) => {
          if (!writes) return same(value.apply(target, args))
          if (database.inTransaction) {
            first ??= label
            return value.apply(target, args)
          }
          points.pass(`db.${label}.before`)
          const result = value.apply(target, args)
          points.pass(`db.${label}.after`)
          return result
        }
        function same(result: unknown): unknown {
          return result === target ? proxy : result
        }
      },
    })
    return proxy
  }

  function wrapTransaction(work: Callable): Callable {
    const inner = database.transaction((...args: unknown[]) => {
      const result = work(...args)
      points.pass(`db.commit ${first ?? 'nothing'}.before`)
      return result
    })
    const nested = database.transaction(work)
    const wrapped = (how: 'default' | 'deferred' | 'immediate' | 'exclusive') =>
      function transaction(...args: unknown[]): unknown {
        if (database.inTransaction) return nested[how === 'default' ? 'deferred' : how](...args)
        first = null
        const run = how === 'default' ? inner : inner[how]
        const result = run(...args)
        points.pass(`db.commit ${first ?? 'nothing'}.after`)
        return result
      }
    return Object.assign(wrapped('default'), {
      deferred: wrapped('deferred'),
      immediate: wrapped('immediate'),
      exclusive: wrapped('exclusive'),
    })
  }

  return new Proxy(database, {
    get(target, key) {
      const value: unknown = Reflect.get(target, key, target)
      if (key === 'prepare') return (sql: string) => wrapStatement(target.prepare(sql), sql)
      if (key === 'transaction') return wrapTransaction
      if (key === 'exec')
        return (sql: string) => {
          const label = labelOf(sql) ?? 'exec'
          points.pass(`db.${label}.before`)
          target.exec(sql)
          points.pass(`db.${label}.after`)
        }
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
}

/** "update servers", "insert run_steps"; null for what only reads. */
function labelOf(sql: string): string | null {
  const match =
    /\b(INSERT|REPLACE|UPDATE|DELETE)\b(?:\s+OR\s+\w+)?(?:\s+(?:INTO|FROM))?\s+(?:main\.)?["]?(\w+)/i.exec(
      sql,
    )
  if (/^\s*(SELECT|PRAGMA|WITH RECURSIVE)\b/i.test(sql) || !match) return null
  return `${match[1]?.toLowerCase()} ${match[2]}`
}
