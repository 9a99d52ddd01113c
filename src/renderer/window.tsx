import { StrictMode, useEffect, useMemo, useState } from 'react'
import { App } from './app.tsx'
import type { Client } from './client.ts'
import { Providers } from './providers.tsx'
import { CoreProvider, makeStore } from './store/store.ts'
import { sync } from './store/sync.ts'

/** Everything around the pages: theme, client, store, and the event stream that keeps the store up to date. */
export function Window({ client, failedSignIn = null }: { client: Client; failedSignIn?: string | null }) {
  const [store] = useState(makeStore)
  const [session, setSession] = useState(0)
  const core = useMemo(
    () => ({ client, store, reconnect: () => setSession((count) => count + 1) }),
    [client, store],
  )
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new session opens the stream again.
  useEffect(() => {
    const life = new AbortController()
    void sync(client, store, life.signal)
    return () => life.abort()
  }, [client, store, session])
  return (
    <StrictMode>
      <Providers>
        <CoreProvider value={core}>
          <App failedSignIn={failedSignIn} />
        </CoreProvider>
      </Providers>
    </StrictMode>
  )
}
