import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { type EngineClient, openClient } from '../../../src/main/engine/client.ts'

/** A client of an engine that answers as the test says; `open` counts the connections. */
export async function httpEngine(
  answer: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<{ client: EngineClient; open: () => Promise<number> }> {
  const folder = await mkdtemp(join(tmpdir(), 'lnt-http-'))
  const server = createServer(answer)
  const socket = join(folder, 'd.sock')
  await new Promise<void>((resolve) => server.listen(socket, resolve))
  onTestFinished(async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
    await rm(folder, { recursive: true })
  })
  const client = await openClient({ source: 'test', endpoint: `unix://${socket}`, explicit: true }, '1.43')
  const open = () =>
    new Promise<number>((resolve, reject) =>
      server.getConnections((error, count) => (error ? reject(error) : resolve(count))),
    )
  return { client, open }
}

/** A piece of output in the engine's framing. */
export function frame(stream: number, text: string | Buffer): Buffer {
  const piece = Buffer.from(text)
  const header = Buffer.alloc(8)
  header.writeUInt8(stream, 0)
  header.writeUInt32BE(piece.length, 4)
  return Buffer.concat([header, piece])
}
