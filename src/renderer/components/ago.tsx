import { formatAgo, formatExact } from './format.ts'
import { useNow } from './use-now.ts'

/** A moment, relative, with the exact time in its title. */
export function Ago({ at }: { at: number }) {
  const now = useNow(30_000)
  return (
    <time className="numbers" dateTime={new Date(at).toISOString()} title={formatExact(at)}>
      {formatAgo(at, now)}
    </time>
  )
}
