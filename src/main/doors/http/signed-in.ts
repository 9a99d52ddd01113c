import type { IncomingMessage, ServerResponse } from 'node:http'
import type { SessionKind, Sessions } from '../../database/sessions.ts'
import { endedCookie, readCookie, sessionCookie } from './cookies.ts'
import { refuse } from './http-error.ts'

/** Signing in and out, and who is signed in, by cookies. */
export interface SignedIn {
  /** Makes a session and hands its cookie out. */
  begin(request: IncomingMessage, response: ServerResponse, kind: SessionKind): void
  /**
   * Lets the request through when its cookie opens exactly this. The answer, however long it streams, ends
   * with the session.
   *
   * @throws HttpError 401
   */
  require(request: IncomingMessage, response: ServerResponse, kind: SessionKind): void
  /** Ends the session and everything that still streams in it; none there is as good. */
  end(request: IncomingMessage, response: ServerResponse, kind: SessionKind): void
}

/** @param port in the cookies' names: a browser keeps one jar for all ports of a host */
export function createSignedIn(sessions: Sessions, port: number): SignedIn {
  const open = new Map<string, Set<ServerResponse>>()

  return {
    begin(request, response, kind) {
      const before = tokenOf(request, kind)
      if (before) sessions.remove(before)
      const { name, path } = cookieOf(kind)
      response.setHeader('set-cookie', sessionCookie(name, sessions.create(kind), path))
    },
    require(request, response, kind) {
      const token = tokenOf(request, kind)
      if (!token) throw refuse('UNAUTHORIZED', 'You are not signed in.')
      const answers = open.get(token) ?? new Set()
      open.set(token, answers.add(response))
      response.once('close', () => {
        answers.delete(response)
        if (answers.size === 0) open.delete(token)
      })
    },
    end(request, response, kind) {
      const token = tokenOf(request, kind)
      const { name, path } = cookieOf(kind)
      response.setHeader('set-cookie', endedCookie(name, path))
      if (!token) return
      sessions.remove(token)
      for (const answer of open.get(token) ?? []) answer.destroy()
    },
  }

  /** The cookie's token when its session is of this kind and for this server; null otherwise. */
  function tokenOf(request: IncomingMessage, kind: SessionKind): string | null {
    const token = readCookie(request, cookieOf(kind).name)
    const found = token ? sessions.find(token) : null
    return found && sameKind(found, kind) ? token : null
  }

  function cookieOf(kind: SessionKind): { name: string; path: string } {
    return kind.kind === 'operator'
      ? { name: `lightnode-${port}`, path: '/' }
      : { name: `lightnode-panel-${port}`, path: `/panel/${kind.serverId}` }
  }
}

function sameKind(a: SessionKind, b: SessionKind): boolean {
  if (a.kind === 'operator' || b.kind === 'operator') return a.kind === b.kind
  return a.serverId === b.serverId
}
