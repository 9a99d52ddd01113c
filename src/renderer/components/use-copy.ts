import { useCallback } from 'react'
import { useApp, useClient } from '../store/store.ts'

/** Puts text on the clipboard: through the desktop, which takes a secret off again, or through the browser. */
export function useCopy(): (text: string, secret?: boolean) => Promise<void> {
  const client = useClient()
  const desktop = useApp((state) => state.app?.mode === 'desktop')
  return useCallback(
    async (text, secret = false) => {
      if (desktop) await client.clipboard.write({ text, secret })
      else await navigator.clipboard.writeText(text)
    },
    [client, desktop],
  )
}
