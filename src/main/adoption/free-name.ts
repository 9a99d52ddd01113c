import { nameKey } from '../provisioning/names.ts'

/** A server's name has this many characters at most. */
const MOST = 50

/**
 * The name itself, or the first of "X 2", "X 3" … that is free.
 *
 * @param isTaken by what makes two names the same
 */
export function freeName(name: string, isTaken: (key: string) => boolean): string {
  if (!isTaken(nameKey(name))) return name
  for (let number = 2; ; number += 1) {
    const end = ` ${number}`
    const next = `${[...name]
      .slice(0, MOST - end.length)
      .join('')
      .trimEnd()}${end}`
    if (!isTaken(nameKey(next))) return next
  }
}
