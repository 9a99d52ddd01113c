import { createORPCClient } from '@orpc/client'
import { RPCLink } from '@orpc/client/fetch'
import type { ContractRouterClient } from '@orpc/contract'
import type { contract } from '../../src/shared/contract.ts'

export type Client = ContractRouterClient<typeof contract>

export interface SignedIn {
  client: Client
  /** The session's cookie as the browser keeps it: `name=token`. */
  cookie: string
  /** The one-time code that was used. */
  code: string
}

/** Signs in with the address that browser mode printed, as its page does. @throws Error when it is refused */
export async function signIn(signInUrl: string): Promise<SignedIn> {
  const { origin, hash } = new URL(signInUrl)
  const code = hash.replace('#code=', '')
  const response = await fetch(`${origin}/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-lightnode': '1' },
    body: JSON.stringify({ code }),
  })
  if (!response.ok) throw new Error(`Sign-in was refused: ${response.status} ${await response.text()}`)
  const cookie = response.headers.get('set-cookie')?.split(';')[0] ?? ''
  const link = new RPCLink({ url: `${origin}/rpc`, headers: { 'x-lightnode': '1', cookie } })
  return { client: createORPCClient(link), cookie, code }
}
