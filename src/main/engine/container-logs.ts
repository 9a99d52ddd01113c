import { buffer } from 'node:stream/consumers'
import { stripVTControlCharacters } from 'node:util'
import type { EngineClient } from './client.ts'
import { containerPath } from './containers.ts'
import { framesOf } from './frames.ts'
import { callLimit, limited } from './limit.ts'

/** The last lines of a container's log, oldest first, both streams as they came. */
export async function containerLogs(client: EngineClient, id: string, lines: number): Promise<string[]> {
  const query = { stdout: true, stderr: true, tail: lines }
  const request = { method: 'GET', path: `${containerPath(id)}/logs`, query } as const
  const raw = await limited('read logs', callLimit, async (signal) =>
    buffer(await client.stream(request, signal)),
  )
  return splitLog(raw).slice(-lines)
}

/**
 * Lines of a log in the engine's framing; a line may come in pieces, with the other stream's lines in between.
 */
export function splitLog(raw: Buffer): string[] {
  const lines: string[] = []
  const open: Record<number, Buffer[]> = {}
  for (const { stream, piece } of framesOf(raw)) {
    let start = 0
    for (let end = piece.indexOf(10); end >= 0; end = piece.indexOf(10, start)) {
      lines.push(lineOf([...(open[stream] ?? []), piece.subarray(start, end)]))
      delete open[stream]
      start = end + 1
    }
    if (start < piece.length) open[stream] = [...(open[stream] ?? []), piece.subarray(start)]
  }
  for (const pieces of Object.values(open)) lines.push(lineOf(pieces))
  return lines
}

/** Control characters but the tab, and the marks that turn the direction of all the text after them. */
const unseen = /(?!\t)[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu

/** The line as a terminal would leave it: without colours, and of what overwrites itself the last. */
function lineOf(pieces: Buffer[]): string {
  const text = stripVTControlCharacters(Buffer.concat(pieces).toString('utf8')).replace(/\r+$/, '')
  return text.slice(text.lastIndexOf('\r') + 1).replace(unseen, '')
}
