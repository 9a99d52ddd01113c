/**
 * Calls at most once in so many milliseconds: the first at once, then the latest of each interval.
 * `finish` makes a call that is still owed, and ends it.
 */
export function throttled(call: () => void, ms: number): { call(): void; finish(): void } {
  let timer: NodeJS.Timeout | null = null
  let owed = false
  const later = () => {
    timer = null
    if (owed) now()
  }
  const now = () => {
    owed = false
    timer = setTimeout(later, ms)
    call()
  }
  return {
    call() {
      if (timer === null) now()
      else owed = true
    },
    finish() {
      if (timer !== null) clearTimeout(timer)
      if (owed) call()
      owed = false
    },
  }
}
