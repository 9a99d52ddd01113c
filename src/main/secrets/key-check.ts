import { createSealer } from './seal.ts'
import { Secret } from './secret.ts'

const TEXT = 'lightnode'
const PURPOSE = 'installation/key-check'

/** A known text, sealed: tells a wrong key from a right one. */
export function makeKeyCheck(key: Buffer): string {
  return createSealer(key).seal(new Secret(TEXT), PURPOSE)
}

/** Whether the key is the one that a database was sealed with. */
export function opensKeyCheck(key: Buffer, keyCheck: string): boolean {
  try {
    createSealer(key).open(keyCheck, PURPOSE)
    return true
  } catch {
    return false
  }
}
