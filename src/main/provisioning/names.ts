import { randomInt } from 'node:crypto'

const ID_ALPHABET = 'abcdefghijklmnopqrstuvwxyz0123456789'
const ID_LENGTH = 12
/** Keeps a container's name within the 63 characters of a DNS label, which engines use it as. */
const SLUG_LENGTH = 40

/** A random id of 12 lower-case letters and digits, 62 bits: safe in a container's name and in a URL. */
export function randomId(): string {
  return Array.from({ length: ID_LENGTH }, () => ID_ALPHABET[randomInt(ID_ALPHABET.length)]).join('')
}

/** The letters of a name that every engine takes; `server` where none is left (emoji alone). */
export function slug(name: string): string {
  const letters = name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, SLUG_LENGTH)
    .replace(/^-+|-+$/g, '')
  return letters || 'server'
}

/** The name of a server's container and volume: it ends in the id, so it is never used twice. */
export function resourceName(name: string, id: string): string {
  return `${slug(name)}-${id}`
}

/** What makes two names the same: case, compatibility forms and characters that show nothing don't count. */
export function nameKey(name: string): string {
  const visible = name.normalize('NFKC').replace(/\p{Default_Ignorable_Code_Point}/gu, '')
  // Down, up and down: ẞ becomes ß; ß and SS, like the two small sigmas, meet in upper case alone.
  return visible.toLowerCase().toUpperCase().toLowerCase().normalize('NFKC')
}
