import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createManifest, firstDifference, noting, readManifest } from '../../../src/main/worlds/manifest.ts'
import { file, inPieces, packed, pieceSizes, whole, worldEntries } from './tar-kit.ts'

const manifestOf = async (archive: Buffer) => readManifest(whole(archive))

describe('the manifest of a world', () => {
  test('says what a library packed, in whatever pieces it comes', async () => {
    await fc.assert(
      fc.asyncProperty(worldEntries, pieceSizes, async (entries, sizes) => {
        const archive = await packed(entries)
        const manifest = await readManifest(inPieces(archive, sizes))
        const files = entries.filter(({ header }) => header.type === 'file')
        expect(manifest.files).toBe(files.length)
        expect(manifest.bytes).toBe(files.reduce((sum, { content }) => sum + content.length, 0))
        const wanted = entries.map(({ header: { name, type, mode, uid, gid, mtime, linkname }, content }) => {
          const path = Buffer.from(name.slice('data/'.length)).toString('latin1').replace(/\/+$/, '')
          const target = Buffer.from(linkname ?? '').toString('latin1')
          const hash = createHash('sha256')
          if (type === 'link') return [path, type, target.slice('data/'.length)].join('\0')
          if (type === 'symlink') return [path, type, uid, gid, target].join('\0')
          if (type === 'directory') return [path, type, mode, uid, gid, hash.digest('hex')].join('\0')
          const time = (mtime?.getTime() ?? 0) / 1000
          return [path, type, mode, uid, gid, content.length, time, hash.update(content).digest('hex')].join(
            '\0',
          )
        })
        expect(manifest.lines).toEqual(wanted.sort())
      }),
      { numRuns: 200 },
    )
  })

  test('does not depend on the order of the entries, nor on the name of the folder', async () => {
    await fc.assert(
      fc.asyncProperty(worldEntries, async (entries) => {
        const first = await manifestOf(await packed(entries))
        const turned = [...entries].reverse().map(({ header, content }) => ({
          header: {
            ...header,
            name: header.name.replace(/^data/, './elsewhere'),
            ...(header.type === 'link' && {
              linkname: (header.linkname ?? '').replace(/^data/, 'elsewhere'),
            }),
          },
          content,
        }))
        expect((await manifestOf(await packed(turned))).digest).toBe(first.digest)
      }),
      { numRuns: 50 },
    )
  })

  test('differs when one byte of one file does, and names the file', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 3000 }), fc.nat(), async (bytes, at) => {
        const content = Buffer.from(bytes)
        const changed = Buffer.from(bytes)
        const place = at % changed.length
        changed[place] = (changed[place]! + 1) % 256
        const of = async (one: Buffer) =>
          manifestOf(await packed([file('data/a', 'a'), file('data/world/r.0.0.mca', one)]))
        const [before, after] = [await of(content), await of(changed)]
        expect(after.digest).not.toBe(before.digest)
        expect(firstDifference(before, after)).toBe('world/r.0.0.mca')
        expect(firstDifference(before, await of(content))).toBeNull()
      }),
      { numRuns: 50 },
    )
  })

  test.each([
    ['mode', { mode: 0o600 }],
    ['owner', { uid: 0 }],
    ['group', { gid: 7 }],
    ['time', { mtime: new Date(6000) }],
    ['name', { name: 'data/B' }],
  ])('differs by %s', async (_, change) => {
    const one = await manifestOf(await packed([file('data/b', 'same')]))
    const other = await manifestOf(await packed([file('data/b', 'same', change)]))
    expect(other.digest).not.toBe(one.digest)
  })

  test('differs by a file that is missing, and one that is too many', async () => {
    const one = await manifestOf(await packed([file('data/b', 'same')]))
    const two = await manifestOf(await packed([file('data/b', 'same'), file('data/c', '')]))
    expect(firstDifference(one, two)).toBe('c')
    expect(firstDifference(two, one)).toBe('c')
  })

  test('a link is where it leads to, an empty folder is there', async () => {
    const link = (linkname: string) => ({
      header: { name: 'data/l', type: 'symlink', linkname, mode: 0o777 } as const,
      content: Buffer.alloc(0),
    })
    const folder = { header: { name: 'data/empty', type: 'directory' } as const, content: Buffer.alloc(0) }
    const first = await manifestOf(await packed([link('../a'), folder]))
    expect((await manifestOf(await packed([link('../b'), folder]))).digest).not.toBe(first.digest)
    expect((await manifestOf(await packed([link('../a')]))).digest).not.toBe(first.digest)
  })

  test('the folder itself is the container’s own', async () => {
    const folder = (mode: number) => ({
      header: { name: 'data/', type: 'directory', mode } as const,
      content: Buffer.alloc(0),
    })
    const one = await manifestOf(await packed([folder(0o755), file('data/a', 'a')]))
    expect((await manifestOf(await packed([folder(0o775), file('data/a', 'a')]))).digest).toBe(one.digest)
  })

  test('names that are no valid text stay apart', async () => {
    // Two bytes that every decoder of UTF-8 turns into the same sign.
    const of = async (byte: number) => {
      const archive = await packed([file('data/odd-X.zip', 'x')])
      archive[archive.indexOf('odd-X') + 4] = byte
      return manifestOf(withChecksum(archive))
    }
    expect((await of(0xfe)).digest).not.toBe((await of(0xff)).digest)
  })

  test('hands the archive on as it is', async () => {
    await fc.assert(
      fc.asyncProperty(worldEntries, pieceSizes, async (entries, sizes) => {
        const archive = await packed(entries)
        const chunks: Buffer[] = []
        for await (const chunk of noting(inPieces(archive, sizes), createManifest())) chunks.push(chunk)
        expect(Buffer.concat(chunks).equals(archive)).toBe(true)
      }),
      { numRuns: 50 },
    )
  })

  test('what is cut off anywhere before its end mark is refused', async () => {
    const archive = await packed([file('data/a', 'a'.repeat(700)), file('data/b', 'b')])
    const ends = [0, 1, 511, 512, 600, 1024 + 511, 1536, 1536 + 512, archive.length - 1025]
    for (const end of ends)
      await expect(manifestOf(archive.subarray(0, end)), `${end}`).rejects.toThrow('it is cut off')
    await manifestOf(archive)
  })

  test('what is none is refused', async () => {
    await expect(manifestOf(Buffer.alloc(2048, 'x'))).rejects.toThrow('it is no tar archive')
    const archive = await packed([file('data/a', 'a')])
    archive[0] = archive[0]! ^ 1
    await expect(manifestOf(archive)).rejects.toThrow('it is no tar archive')
  })
})

/** The first header's checksum, after a change in it. */
function withChecksum(archive: Buffer): Buffer {
  archive.fill(0x20, 148, 156)
  const sum = archive.subarray(0, 512).reduce((total, byte) => total + byte, 0)
  archive.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148)
  return archive
}
