import { createHash } from 'node:crypto'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { gzipSync } from 'node:zlib'
import { pack } from 'tar-stream'

export interface SlowRegistry {
  /** host:port; on loopback, which the engine takes without TLS. */
  address: string
  /** Bytes sent of all layers together. */
  sent(): number
  close(): Promise<void>
}

/**
 * A registry of one image (registry API v2, image manifest v2 schema 2) that sends its layers in small pieces.
 *
 * @param options.pauseMs milliseconds between two pieces of 64 KiB
 * @param options.stallAfter sends nothing more after so many bytes of a layer
 */
export async function startSlowRegistry(
  layers: { file: string; bytes: Buffer }[],
  options: { pauseMs?: number; stallAfter?: number } = {},
): Promise<SlowRegistry> {
  const blobs = new Map<string, Buffer>()
  const digestOf = (bytes: Buffer) => `sha256:${createHash('sha256').update(bytes).digest('hex')}`
  const stored = (mediaType: string, bytes: Buffer) => {
    blobs.set(digestOf(bytes), bytes)
    return { mediaType, size: bytes.length, digest: digestOf(bytes) }
  }
  const tars = await Promise.all(layers.map(({ file, bytes }) => tarOf(file, bytes)))
  const config = stored(
    'application/vnd.docker.container.image.v1+json',
    Buffer.from(
      JSON.stringify({
        architecture: process.arch === 'x64' ? 'amd64' : process.arch,
        os: 'linux',
        config: { Cmd: ['/bin/sh'] },
        rootfs: { type: 'layers', diff_ids: tars.map(digestOf) },
      }),
    ),
  )
  const manifestType = 'application/vnd.docker.distribution.manifest.v2+json'
  const layerType = 'application/vnd.docker.image.rootfs.diff.tar.gzip'
  const manifest = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: manifestType,
      config,
      layers: tars.map((tar) => stored(layerType, gzipSync(tar, { level: 0 }))),
    }),
  )

  let sent = 0
  const trickle = async (response: ServerResponse, blob: Buffer) => {
    for (let at = 0; at < blob.length && !response.destroyed; at += 65_536) {
      if (at >= (options.stallAfter ?? Number.POSITIVE_INFINITY)) return
      const piece = blob.subarray(at, at + 65_536)
      response.write(piece)
      sent += piece.length
      await new Promise((resolve) => setTimeout(resolve, options.pauseMs ?? 0))
    }
    response.end()
  }

  const server = createServer((request, response) => {
    const path = request.url ?? ''
    const blob = blobs.get(path.split('/').at(-1) ?? '')
    if (path === '/v2/') return response.end('{}')
    if (/^\/v2\/game\/manifests\/(1|sha256:.*)$/.test(path)) {
      response.setHeader('Content-Type', manifestType)
      response.setHeader('Docker-Content-Digest', digestOf(manifest))
      response.setHeader('Content-Length', manifest.length)
      return response.end(request.method === 'HEAD' ? undefined : manifest)
    }
    if (blob === undefined) {
      response.statusCode = 404
      const error = { code: 'MANIFEST_UNKNOWN', message: 'manifest unknown' }
      return response.end(JSON.stringify({ errors: [error] }))
    }
    response.setHeader('Content-Length', blob.length)
    return trickle(response, blob)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    sent: () => sent,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

async function tarOf(name: string, content: Buffer): Promise<Buffer> {
  const archive = pack()
  archive.entry({ name, mtime: new Date(0) }, content)
  archive.finalize()
  return buffer(archive)
}
