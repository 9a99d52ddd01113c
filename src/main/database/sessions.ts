import { createHash, randomBytes } from 'node:crypto'
import type { Database } from './open.ts'

/** Seven days, in milliseconds. */
export const SESSION_LIFETIME = 7 * 24 * 60 * 60 * 1000

export type SessionKind = { kind: 'operator' } | { kind: 'panel'; serverId: string }

export interface Sessions {
  /** Makes a session; the token (256 bits, base64url) is known to its cookie alone. */
  create(kind: SessionKind): string
  /** What the token opens; null when it is unknown or over. */
  find(token: string): SessionKind | null
  /** Ends the session at once. */
  remove(token: string): void
}

interface Row {
  kind: 'operator' | 'panel'
  server_id: string | null
}

/** The sessions of both HTTP pages; the table holds SHA-256 hashes, never a token. */
export function openSessions(database: Database, now: () => number): Sessions {
  const insert = database.prepare(
    'INSERT INTO sessions (token_hash, kind, server_id, expires_at) VALUES (?, ?, ?, ?)',
  )
  const select = database.prepare<[string, number], Row>(
    'SELECT kind, server_id FROM sessions WHERE token_hash = ? AND expires_at > ?',
  )
  const remove = database.prepare('DELETE FROM sessions WHERE token_hash = ?')
  const removeExpired = database.prepare('DELETE FROM sessions WHERE expires_at <= ?')

  return {
    create(kind) {
      const token = randomBytes(32).toString('base64url')
      removeExpired.run(now())
      const serverId = kind.kind === 'panel' ? kind.serverId : null
      insert.run(hashToken(token), kind.kind, serverId, now() + SESSION_LIFETIME)
      return token
    },
    find(token) {
      const row = select.get(hashToken(token), now())
      if (!row) return null
      if (row.kind === 'operator') return { kind: 'operator' }
      return row.server_id === null ? null : { kind: 'panel', serverId: row.server_id }
    },
    remove(token) {
      remove.run(hashToken(token))
    },
  }
}

function hashToken(token: string): string {
  return createHash('sha256').update(token).digest('hex')
}

/** Signs everyone out, and leaves nothing of it in the file. */
export function removeSessions(database: Database): void {
  database.exec('DELETE FROM sessions')
  database.exec('VACUUM')
}
