import type { IncomingMessage } from 'node:http'
import { SESSION_LIFETIME } from '../../database/sessions.ts'

/** The value of one cookie; null when it is missing, or there twice (someone planted a second one). */
export function readCookie(request: IncomingMessage, name: string): string | null {
  const values = (request.headers.cookie ?? '')
    .split(';')
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(`${name}=`))
    .map((pair) => pair.slice(name.length + 1))
  return values.length === 1 ? (values[0] ?? null) : null
}

/** A cookie that no script can read and that no other site's request carries. */
export function sessionCookie(name: string, token: string, path: string): string {
  return `${name}=${token}; HttpOnly; SameSite=Strict; Path=${path}; Max-Age=${SESSION_LIFETIME / 1000}`
}

/** Takes the cookie away. */
export function endedCookie(name: string, path: string): string {
  return `${name}=; HttpOnly; SameSite=Strict; Path=${path}; Max-Age=0`
}
