import { useEffect, useRef, useState } from 'react'
import { useClient } from '../../store/store.ts'
import styles from './server.module.css'

const shown = 40
const refresh = 5000

/** The container's last lines; asked for again while its step runs. */
export function LogLines({ serverId, live }: { serverId: string; live: boolean }) {
  const client = useClient()
  const [lines, setLines] = useState<string[]>([])
  const box = useRef<HTMLPreElement>(null)
  useEffect(() => {
    let wanted = true
    const load = () =>
      client.servers.logs({ id: serverId, lines: shown }).then(
        (loaded) => wanted && setLines(loaded),
        // No log yet: the container may not be there. The step itself says what is wrong.
        () => undefined,
      )
    void load()
    const timer = live ? setInterval(load, refresh) : undefined
    return () => {
      wanted = false
      clearInterval(timer)
    }
  }, [client, serverId, live])
  // biome-ignore lint/correctness/useExhaustiveDependencies: the newest line is at the end, whenever lines come.
  useEffect(() => {
    if (box.current) box.current.scrollTop = box.current.scrollHeight
  }, [lines])
  if (!lines.length) return null
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard must reach it.
    <pre ref={box} className={styles.log} role="log" aria-label="Last log lines" aria-live="off" tabIndex={0}>
      {lines.join('\n')}
    </pre>
  )
}
