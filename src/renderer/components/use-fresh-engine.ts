import { useEffect } from 'react'
import { useApp, useClient } from '../store/store.ts'

/** Asks once what the engine has left: every server that is made or deleted changes that, and no event says so. */
export function useFreshEngine(): void {
  const client = useClient()
  const setEngine = useApp((state) => state.setEngine)
  useEffect(() => {
    let shown = true
    // What was known before stays where there is no answer.
    client.engine.status({}).then(
      (engine) => shown && setEngine(engine),
      () => {},
    )
    return () => {
      shown = false
    }
  }, [client, setEngine])
}
