/**
 * Pieces of a container's output in the engine's framing: a header of 8 bytes (stream, three zeros, length as
 * big-endian uint32) before each; a container with a terminal sends its text bare. It may be cut off anywhere.
 */
export function* framesOf(raw: Buffer): Generator<{ stream: number; piece: Buffer }> {
  for (let at = 0; at < raw.length; ) {
    const header = raw.subarray(at, at + 8)
    if (at > 0 && header.length < 8) return
    const framed = header.length === 8 && header.readUInt8(0) <= 2 && header.readUIntBE(1, 3) === 0
    if (!framed) {
      yield { stream: 1, piece: raw.subarray(at) }
      return
    }
    const end = at + 8 + header.readUInt32BE(4)
    yield { stream: header.readUInt8(0), piece: raw.subarray(at + 8, end) }
    at = end
  }
}
