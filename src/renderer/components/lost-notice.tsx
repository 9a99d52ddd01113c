import { useEffect, useState } from 'react'
import { useApp } from '../store/store.ts'
import { Notice } from './notice.tsx'

/** A restart is over sooner, and needs no word. */
const patience = 2000

/** Says that what is shown may be old, once LightNode has not answered for a while. */
export function LostNotice() {
  const lost = useApp((state) => state.connection === 'lost')
  const [late, setLate] = useState(false)
  useEffect(() => {
    setLate(false)
    if (!lost) return
    const timer = setTimeout(() => setLate(true), patience)
    return () => clearTimeout(timer)
  }, [lost])
  if (!lost || !late) return null
  return (
    <Notice tone="waiting" title="LightNode does not answer.">
      What you see may be out of date. Your servers go on by themselves; this page reconnects as soon as
      LightNode runs again.
    </Notice>
  )
}
