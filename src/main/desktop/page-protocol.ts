import { protocol, type Session } from 'electron'
import type { RendererFiles } from '../doors/renderer-files.ts'
import { createNonce, filePolicy, pagePolicy, permissionsPolicy } from '../doors/security-headers.ts'

/** The page's own address; its files come from memory, never by a path on the disk. */
export const PAGE_URL = 'app://lightnode/'

/** To be called before Electron is ready: gives the page a real origin. */
export function registerPageScheme(): void {
  protocol.registerSchemesAsPrivileged([
    { scheme: 'app', privileges: { standard: true, secure: true, supportFetchAPI: true } },
  ])
}

/** Serves the renderer at `app://lightnode/`. */
export function servePage(session: Session, files: RendererFiles): void {
  session.protocol.handle('app', (request) => answer(request.method, new URL(request.url), files))
}

/** True for the address of a document of our own page. */
export function isPageUrl(url: string): boolean {
  return url === PAGE_URL.slice(0, -1) || url.startsWith(PAGE_URL)
}

function answer(method: string, url: URL, files: RendererFiles): Response {
  if (url.host !== 'lightnode' || (method !== 'GET' && method !== 'HEAD')) return notFound()
  const file = files.file(url.pathname)
  if (file) return new Response(file.body, { headers: headers(file.type, filePolicy) })
  // The interface reads the path itself; whatever looks like a file is none of its pages.
  if (url.pathname.includes('.')) return notFound()
  const nonce = createNonce()
  const page = files.page('index', nonce)
  if (page === null) return notFound()
  // The page asks over its message port: it has nothing to say to the network.
  return new Response(page, { headers: headers('text/html; charset=utf-8', pagePolicy(nonce, "'none'")) })
}

function headers(type: string, policy: string): Record<string, string> {
  return {
    'content-type': type,
    'content-security-policy': policy,
    'permissions-policy': permissionsPolicy,
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    'cache-control': 'no-store',
  }
}

function notFound(): Response {
  return new Response('', { status: 404, headers: headers('text/plain', filePolicy) })
}
