import { createORPCClient } from '@orpc/client'
import { RPCLink as FetchLink } from '@orpc/client/fetch'
import { RPCLink as PortLink } from '@orpc/client/message-port'
import type { ContractRouterClient } from '@orpc/contract'
import type { contract, panelContract } from '../shared/contract.ts'
import { type Problem, problemOf } from './problem.ts'

/** Everything that the window can ask of LightNode. */
export type Client = ContractRouterClient<typeof contract>
/** What one server's panel page can ask. */
export type PanelClient = ContractRouterClient<typeof panelContract>

/** Sent with every request: a page of another origin can't send it without being asked first. */
const headers = { 'x-lightnode': '1' }

/** True in the desktop window, whose page has an origin of its own. */
export function isDesktop(): boolean {
  if (location.protocol === 'app:') return true
  return import.meta.env.DEV && navigator.userAgent.includes('Electron')
}

/** The client over the desktop's message port or, in a browser, over HTTP on this page's own origin. */
export function connect(): Client {
  if (!isDesktop()) return createORPCClient(new FetchLink({ url: `${location.origin}/rpc`, headers }))
  const { port1, port2 } = new MessageChannel()
  window.postMessage('lightnode:connect', location.origin, [port2])
  port1.start()
  return createORPCClient(new PortLink({ port: port1 }))
}

/** The client of the panel page at `base` (`/panel/<serverId>`). */
export function connectPanel(base: string): PanelClient {
  return createORPCClient(new FetchLink({ url: `${location.origin}${base}/rpc`, headers }))
}

/** Exchanges a one-time code, or a panel's user name and password, for a session. Null when it worked. */
export async function signIn(path: string, body: Record<string, string>): Promise<Problem | null> {
  try {
    const response = await fetch(path, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json' },
      body: JSON.stringify(body),
      credentials: 'same-origin',
    })
    if (response.ok) return null
    return problemOf(await response.json().catch(() => null), response.status)
  } catch (error) {
    return problemOf(error)
  }
}

/** Ends the session of the page at `path`; what can't be reached is left as it is. */
export async function signOut(path: string): Promise<void> {
  await fetch(path, { method: 'DELETE', headers, credentials: 'same-origin' }).catch(() => undefined)
}
