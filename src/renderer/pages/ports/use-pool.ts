import { useEffect, useRef } from 'react'
import type { PortPoolView, Purpose } from '../../../shared/ports.ts'
import { type Action, useAction } from '../../components/use-action.ts'
import { useApp, useClient } from '../../store/store.ts'

/** One pool, loaded again whenever a port changes; changes during a load lead to one more, not to many. */
export function usePool(purpose: Purpose): {
  pool: PortPoolView | null
  loading: Action
  check: Action & { now(): void }
} {
  const client = useClient()
  const pool = useApp((state) => state.pools[purpose])
  const setPool = useApp((state) => state.setPool)
  const revision = useApp((state) => state.portsRevision)
  const live = useApp((state) => state.connection === 'live')
  const loading = useAction()
  const check = useAction()
  const load = loading.run
  const busy = useRef(false)
  const again = useRef(false)
  const wanted = useRef(purpose)

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new revision is the reason to load.
  useEffect(() => {
    if (!live) return
    again.current = true
    wanted.current = purpose
    if (busy.current) return
    busy.current = true
    void load(async () => {
      while (again.current) {
        again.current = false
        setPool(await client.ports.list({ purpose: wanted.current }))
      }
    }).finally(() => {
      busy.current = false
    })
  }, [client, purpose, revision, live, load, setPool])

  const now = () => void check.run(async () => setPool(await client.ports.check({ purpose })))
  return { pool, loading, check: { ...check, now } }
}
