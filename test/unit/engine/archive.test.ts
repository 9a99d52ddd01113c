import type { IncomingMessage, ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import { buffer, text } from 'node:stream/consumers'
import { describe, expect, it, vi } from 'vitest'
import { readArchive, writeArchive } from '../../../src/main/engine/container-archive.ts'
import { EngineError } from '../../../src/main/engine/types.ts'
import { httpEngine } from './http-engine.ts'

const never = new AbortController().signal
const limits = { idleMs: 200, unpackMs: 200 }
const endMark = Buffer.alloc(1024)
const noConnection = (open: () => Promise<number>) =>
  vi.waitFor(async () => expect(await open()).toBe(0), { timeout: 5_000 })

/** A body without end, as fast as it is taken. */
const endless = () => {
  const chunk = Buffer.alloc(64 * 1024, 1)
  return new Readable({
    read() {
      this.push(chunk)
    },
  })
}
const pushed = () => new Readable({ read() {} })

describe('an archive that is read', () => {
  it('comes as it is, whatever the pieces', async () => {
    const { client } = await httpEngine((request, response) => {
      expect(request.url).toBe('/v1.43/containers/a%2Fb/archive?path=%2Fdata%2Fa%20b')
      response.write('hea')
      setTimeout(() => response.write(`der${'x'.repeat(3000)}`), 20)
      setTimeout(() => response.write(endMark.subarray(0, 1000)), 40)
      setTimeout(() => response.end(endMark.subarray(0, 24)), 60)
    })
    const archive = await readArchive(client, 'a/b', '/data/a b', never)
    expect(String(await buffer(archive))).toBe(`header${'x'.repeat(3000)}${'\0'.repeat(1024)}`)
  })

  it('is refused with the words of the engine', async () => {
    const { client } = await httpEngine((_, response) => {
      response.statusCode = 404
      response.end('{"message":"Could not find the file /data in container a"}')
    })
    await expect(readArchive(client, 'a', '/data', never)).rejects.toMatchObject({
      kind: 'not-found',
      message: 'Could not find the file /data in container a',
    })
  })

  it('fails when it lacks its end, as the engine leaves it when it fails midway', async () => {
    const { client } = await httpEngine((_, response) => response.end('data{"message":"read error"}'))
    await expect(buffer(await readArchive(client, 'a', '/data', never))).rejects.toMatchObject({
      kind: 'rejected',
      message: expect.stringMatching(/^the archive is cut off/),
    })
  })

  it('fails with the connection', async () => {
    const { client } = await httpEngine((_, response) => {
      response.write('data')
      setTimeout(() => response.destroy(), 20)
    })
    const error = await buffer(await readArchive(client, 'a', '/data', never)).catch((e: unknown) => e)
    expect(error).toBeInstanceOf(EngineError)
    expect(error).toMatchObject({ kind: 'unreachable' })
  })

  it('fails when nothing comes, before its first byte or after', async () => {
    const silent = await httpEngine(() => {})
    await expect(readArchive(silent.client, 'a', '/data', never, limits)).rejects.toMatchObject({
      kind: 'timeout',
    })
    await noConnection(silent.open)
    const { client, open } = await httpEngine((_, response) => void response.write('data'))
    await expect(buffer(await readArchive(client, 'a', '/data', never, limits))).rejects.toMatchObject({
      kind: 'timeout',
      message: 'read archive: nothing came for 0.2 s',
    })
    await noConnection(open)
  })

  it('waits for a slow reader as long as it takes', async () => {
    const { client } = await httpEngine((_, response) => response.end(Buffer.alloc(4_000_000)))
    const archive = await readArchive(client, 'a', '/data', never, limits)
    await new Promise((resolve) => archive.once('readable', resolve))
    await new Promise((resolve) => setTimeout(resolve, 3 * limits.idleMs))
    expect((await buffer(archive)).length).toBe(4_000_000)
  })

  it('ends with the reason of an abort, and so does its connection', async () => {
    const { client, open } = await httpEngine((_, response) => void endless().pipe(response))
    const controller = new AbortController()
    const archive = await readArchive(client, 'a', '/data', controller.signal)
    archive.once('data', () => controller.abort(new Error('enough')))
    await expect(buffer(archive)).rejects.toThrow('enough')
    await noConnection(open)
    await expect(readArchive(client, 'a', '/data', controller.signal)).rejects.toThrow('enough')
    const silent = await httpEngine(() => {})
    const early = AbortSignal.timeout(50)
    await expect(readArchive(silent.client, 'a', '/data', early)).rejects.toThrow('aborted due to timeout')
  })

  it('takes its connection with it when the reader goes', async () => {
    const { client, open } = await httpEngine((_, response) => void endless().pipe(response))
    const archive = await readArchive(client, 'a', '/data', never)
    for await (const _ of archive) break
    await noConnection(open)
  })
})

describe('an archive that is written', () => {
  /** An engine that has the folder, and takes the archive as the test says. */
  const taking = (take: (request: IncomingMessage, response: ServerResponse) => void) =>
    httpEngine((request, response) => {
      if (request.method === 'HEAD') response.end()
      else take(request, response)
    })
  const refusal = (response: ServerResponse, status: number, message: string) => {
    response.statusCode = status
    response.end(JSON.stringify({ message }))
  }

  it('is sent as it comes, and done with the answer', async () => {
    const seen: unknown[] = []
    const { client } = await taking(async (request, response) => {
      const { 'transfer-encoding': encoding, 'content-type': type } = request.headers
      seen.push(request.method, request.url, encoding, type, await text(request))
      setTimeout(() => response.end(), 50)
      setTimeout(() => seen.push('answered'), 40)
    })
    await writeArchive(client, 'a', '/data', Readable.from(['one', 'two']), never)
    const address = '/v1.43/containers/a/archive?path=%2Fdata'
    expect(seen).toEqual(['PUT', address, 'chunked', 'application/tar', 'onetwo', 'answered'])
  })

  it.each([
    [400, 'archive/tar: invalid tar header', 'rejected'],
    [500, 'Error processing tar file(exit status 1): write /data/z: no space left on device', 'no-space'],
  ])('that is refused midway (%i) rejects, and is read no further', async (status, message, kind) => {
    const { client, open } = await taking((request, response) => {
      request.once('data', () => refusal(response, status, message))
    })
    const archive = endless()
    await expect(writeArchive(client, 'a', '/data', archive, never)).rejects.toMatchObject({ kind, message })
    expect(archive.destroyed).toBe(true)
    await noConnection(open)
  })

  it('is not read at all where the folder is missing', async () => {
    const { client } = await httpEngine((_, response) => refusal(response, 404, 'no'))
    const archive = Readable.from(['x'])
    await expect(writeArchive(client, 'a', '/data', archive, never)).rejects.toMatchObject({
      kind: 'not-found',
      message: 'No such container or folder: a:/data',
    })
    expect(archive.readableDidRead).toBe(false)
    expect(archive.destroyed).toBe(true)
  })

  it('rejects with its own error, as it is', async () => {
    const { client, open } = await taking((request) => void request.resume())
    const own = Object.assign(new Error('unexpected end of file'), { code: 'Z_BUF_ERROR' })
    const archive = pushed()
    archive.push('x')
    setTimeout(() => archive.destroy(own), 30)
    await expect(writeArchive(client, 'a', '/data', archive, never)).rejects.toBe(own)
    const ended = pushed()
    setTimeout(() => ended.destroy(), 30)
    await expect(writeArchive(client, 'a', '/data', ended, never)).rejects.toMatchObject({
      code: 'ERR_STREAM_PREMATURE_CLOSE',
    })
    const before = pushed()
    before.destroy(own)
    await expect(writeArchive(client, 'a', '/data', before, never)).rejects.toBe(own)
    await noConnection(open)
  })

  it('fails when nothing moves: no byte comes, none is taken, no answer after the last', async () => {
    const { client, open } = await taking((request) => void request.resume())
    const late = (archive: Readable, taker = client) =>
      expect(writeArchive(taker, 'a', '/data', archive, never, limits)).rejects.toMatchObject({
        kind: 'timeout',
        message: 'write archive: nothing moved for 0.2 s',
      })
    await late(pushed())
    const untaken: IncomingMessage[] = []
    const full = await taking((request) => void untaken.push(request))
    await late(endless(), full.client)
    // Only one that reads learns that a connection has ended.
    for (const request of untaken) request.resume()
    await late(Readable.from(['x']))
    await noConnection(open)
    await noConnection(full.open)
  })

  it('ends with the reason of an abort, and so does its connection', async () => {
    const controller = new AbortController()
    const { client, open } = await taking((request) => {
      request.resume().once('data', () => controller.abort(new Error('enough')))
    })
    const archive = endless()
    await expect(writeArchive(client, 'a', '/data', archive, controller.signal)).rejects.toThrow('enough')
    expect(archive.destroyed).toBe(true)
    await noConnection(open)
  })

  it('fails with the connection', async () => {
    const { client } = await taking((request) => {
      request.once('data', () => request.destroy())
    })
    await expect(writeArchive(client, 'a', '/data', endless(), never)).rejects.toMatchObject({
      kind: 'unreachable',
    })
  })
})
