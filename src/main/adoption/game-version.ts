import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import { resolvedVersionFromPing } from '../game/image.ts'

/** A world's head is some kilobytes. */
const MOST_BYTES = 16 * 1024 * 1024
/** How far the name is from the beginning of its compound, in bytes. */
const NEAR = 256

/**
 * The Minecraft version that wrote a world, from its level.dat: the compound `Version` and in it the string `Name`
 * (NBT, gzipped; minecraft.wiki, "Java Edition level format").
 *
 * @returns as the image's VERSION takes it; null when it does not say
 */
export async function versionOfWorld(levelDat: Buffer): Promise<string | null> {
  let nbt: Buffer
  try {
    nbt = await promisify(gunzip)(levelDat, { maxOutputLength: MOST_BYTES })
  } catch {
    return null
  }
  const compound = nbt.indexOf(tag(10, 'Version'))
  if (compound < 0) return null
  const head = tag(8, 'Name')
  const at = nbt.indexOf(head, compound)
  if (at < 0 || at > compound + NEAR || at + head.length + 2 > nbt.length) return null
  const start = at + head.length + 2
  const name = nbt.toString('utf8', start, start + nbt.readUInt16BE(at + head.length))
  return resolvedVersionFromPing(name)
}

/** The beginning of a named tag: its type, the length of its name, the name. */
function tag(type: number, name: string): Buffer {
  return Buffer.concat([Buffer.from([type, 0, name.length]), Buffer.from(name)])
}
