import { StringDecoder } from 'node:string_decoder'

/**
 * Reads the engine's streams of JSON objects, one a line; lines that are no JSON are passed over.
 * Ends with the stream, and rejects with the stream's error when the connection is lost.
 */
export async function* jsonLines(stream: AsyncIterable<Buffer>): AsyncGenerator<unknown> {
  const decoder = new StringDecoder('utf8')
  let rest = ''
  for await (const chunk of stream) {
    const lines = (rest + decoder.write(chunk)).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) yield* parsed(line)
  }
  yield* parsed(rest + decoder.end())
}

function* parsed(line: string): Generator<unknown> {
  if (line.trim() === '') return
  try {
    yield JSON.parse(line)
  } catch {
    // A proxy's own words in between: nothing of ours.
  }
}
