import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { extname, join } from 'node:path'

const types: Record<string, string> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
}

export interface RendererFile {
  body: Buffer<ArrayBuffer>
  type: string
  /** True when the name changes with the content, so that a browser may keep it for ever. */
  immutable: boolean
}

export interface RendererFiles {
  /** The file of exactly this path (`/assets/index-1a2b.js`); never a page. */
  file(path: string): RendererFile | null
  /** A page with this nonce in it; null when it was not built. */
  page(name: 'index' | 'panel', nonce: string): string | null
}

/**
 * Reads the built renderer into memory, a few megabytes: no path of a request ever reaches the disk, and a
 * build that replaces the files does not disturb a running LightNode.
 */
export function loadRendererFiles(folder: string): RendererFiles {
  const files = new Map<string, RendererFile>()
  if (existsSync(folder)) walk(folder, '')
  return {
    file: (path) => (path.endsWith('.html') ? null : (files.get(path) ?? null)),
    page(name, nonce) {
      const page = files.get(`/${name}.html`)?.body.toString('utf8')
      // The build makes the addresses relative; a page may be served at any depth.
      return page?.replaceAll('="./', '="/').replaceAll('__CSP_NONCE__', nonce) ?? null
    },
  }

  function walk(directory: string, prefix: string): void {
    for (const entry of readdirSync(directory, { withFileTypes: true })) {
      const path = `${prefix}/${entry.name}`
      if (entry.isDirectory()) walk(join(directory, entry.name), path)
      if (!entry.isFile()) continue
      const type = types[extname(entry.name)]
      if (!type) continue
      const body = readFileSync(join(directory, entry.name))
      files.set(path, { body, type, immutable: prefix === '/assets' })
    }
  }
}
