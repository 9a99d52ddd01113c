import type { IncomingMessage, ServerResponse } from 'node:http'
import { z } from 'zod'
import type { RendererFiles } from '../renderer-files.ts'
import type { PanelContext } from '../router.ts'
import type { Attempts } from './attempts.ts'
import { refuse } from './http-error.ts'
import { readJson, sendEmpty, sendPage } from './respond.ts'
import type { Rpc } from './rpc.ts'
import type { SignedIn } from './signed-in.ts'

const signInSchema = z.strictObject({ username: z.string().max(200), password: z.string().max(200) })

/** True when these are the panel credentials of this server. */
export type VerifyPanel = (serverId: string, username: string, password: string) => Promise<boolean>

/** The page of one server, for whoever has its panel credentials: `/panel/<id>` and what is below it. */
export function createPanelPages(options: {
  rpc: Rpc<PanelContext>
  verifyPanel: VerifyPanel
  attempts: Attempts
  signedIn: SignedIn
  files: RendererFiles
}): (request: IncomingMessage, response: ServerResponse, serverId: string, rest: string) => Promise<void> {
  const { rpc, verifyPanel, attempts, signedIn, files } = options

  return async (request, response, serverId, rest) => {
    const session = { kind: 'panel', serverId } as const
    if (rest.startsWith('/rpc/')) {
      signedIn.require(request, response, session)
      return rpc(request, response, `/panel/${serverId}/rpc`, { serverId })
    }
    if (rest === '/session' && request.method === 'POST') return signIn(request, response, serverId)
    if (rest === '/session' && request.method === 'DELETE') {
      signedIn.end(request, response, session)
      return sendEmpty(response)
    }
    const reads = request.method === 'GET' || request.method === 'HEAD'
    // The same page whether the server exists or not: who is not signed in learns nothing.
    if (reads && (rest === '' || rest === '/'))
      return sendPage(response, (nonce) => files.page('panel', nonce))
    throw refuse('NOT_FOUND', 'There is nothing here.')
  }

  async function signIn(request: IncomingMessage, response: ServerResponse, serverId: string): Promise<void> {
    await attempts.count(request.socket.remoteAddress ?? '')
    const { username, password } = await readJson(request, signInSchema, 2000)
    if (!(await verifyPanel(serverId, username, password)))
      throw refuse('UNAUTHORIZED', 'The user name or the password is wrong.', {
        remedy: 'Copy both from the server’s page in LightNode.',
      })
    signedIn.begin(request, response, { kind: 'panel', serverId })
    sendEmpty(response)
  }
}
