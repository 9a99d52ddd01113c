import { pathInWorld } from './manifest.ts'
import { BLOCK, withSize } from './tar/header.ts'
import { createTarReader, endMark, type TarPart } from './tar/read.ts'

/** The image's own notes of the RCON password in plain text; it writes them anew at every start. */
const secretFiles = ['.rcon-cli.env', '.rcon-cli.yaml']
const properties = 'server.properties'
/** Far above what the game writes there, in bytes. */
const MAX_PROPERTIES = 4 * 1024 * 1024
/** A line of a Java properties file, and those that go on with it after a backslash. */
const passwordLine = /^([ \t\f]*rcon\.password[ \t\f]*[=: \t\f])(?:\\(?:\r\n|[\s\S])|[^\r\n\\])*/gm

/** What becomes of the entry that is being read. */
type Fate = { kind: 'keep' } | { kind: 'drop' } | { kind: 'strike'; head: Buffer; content: Buffer[] }

/**
 * Leaves out of a world's archive what must not leave this machine: the RCON password. The image writes it anew at
 * the next start.
 *
 * @throws Error for what is no tar archive, or is cut off
 */
export async function* withoutSecrets(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void> {
  const reader = createTarReader()
  let fate: Fate = { kind: 'keep' }
  const take = (part: TarPart): readonly Buffer[] => {
    if (part.kind === 'entry') fate = fateOf(part)
    switch (fate.kind) {
      case 'keep':
        return [part.raw]
      case 'drop':
        return []
      case 'strike':
        if (part.kind === 'content') fate.content.push(part.raw)
        return part.kind === 'end' ? struck(fate.head, Buffer.concat(fate.content)) : []
    }
  }
  for await (const chunk of chunks) {
    const kept = reader.read(chunk).flatMap(take)
    if (kept.length > 0) yield Buffer.concat(kept)
  }
  reader.finish()
  yield endMark
}

function fateOf({ entry, raw }: Extract<TarPart, { kind: 'entry' }>): Fate {
  const names = entry.type === 'link' ? [entry.path, entry.link] : [entry.path]
  if (names.some((name) => secretFiles.includes(pathInWorld(name)))) return { kind: 'drop' }
  if (pathInWorld(entry.path) !== properties || entry.type !== 'file') return { kind: 'keep' }
  if (entry.size > MAX_PROPERTIES) throw new Error(`${properties} is too large to be one`)
  return { kind: 'strike', head: raw, content: [] }
}

function struck(head: Buffer, content: Buffer): Buffer[] {
  const next = Buffer.from(content.toString('latin1').replace(passwordLine, '$1'), 'latin1')
  const before = head.subarray(0, -BLOCK)
  const own = withSize(head.subarray(-BLOCK), next.length)
  const fill = Buffer.alloc((BLOCK - (next.length % BLOCK)) % BLOCK)
  return [before, own, next, fill]
}
