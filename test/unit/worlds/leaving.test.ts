import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import fc from 'fast-check'
import { extract } from 'tar-stream'
import { describe, expect, test } from 'vitest'
import { withoutSecrets } from '../../../src/main/worlds/leaving.ts'
import { file, inPieces, type Made, packed, pieceSizes, worldEntries } from './tar-kit.ts'

/** Read by a library of others. */
async function unpacked(archive: Buffer): Promise<Map<string, string>> {
  const entries = extract()
  Readable.from([archive]).pipe(entries)
  const found = new Map<string, string>()
  for await (const entry of entries) found.set(entry.header.name, (await buffer(entry)).toString('latin1'))
  return found
}

async function leaving(entries: readonly Made[], sizes: readonly number[] = [65_536]): Promise<Buffer> {
  return buffer(withoutSecrets(inPieces(await packed(entries), sizes)))
}

const properties = async (text: string, sizes?: readonly number[]) =>
  (await unpacked(await leaving([file('data/server.properties', text), file('data/z', 'after')], sizes))).get(
    'data/server.properties',
  )

describe('what leaves the machine', () => {
  test('is byte for byte the same where there is no secret', async () => {
    await fc.assert(
      fc.asyncProperty(worldEntries, pieceSizes, async (entries, sizes) => {
        const secretless = entries.filter(({ header }) => !/server\.properties|rcon-cli/.test(header.name))
        const archive = await packed(secretless)
        expect((await leaving(secretless, sizes)).equals(archive)).toBe(true)
      }),
      { numRuns: 100 },
    )
  })

  test('has no notes of the RCON password, nor second names of them', async () => {
    const found = await unpacked(
      await leaving([
        file('data/.rcon-cli.env', 'password=hunter2hunter2\n'),
        file('data/.rcon-cli.yaml', 'password: "hunter2hunter2"\n'),
        {
          header: { name: 'data/other', type: 'link', linkname: 'data/.rcon-cli.env' },
          content: Buffer.alloc(0),
        },
        file('data/world/.rcon-cli.env', 'not the one'),
        file('data/after', 'whole'),
      ]),
    )
    expect([...found]).toEqual([
      ['data/world/.rcon-cli.env', 'not the one'],
      ['data/after', 'whole'],
    ])
  })

  test.each([
    ['motd=a\nrcon.password=hunter2\nrcon.port=1\n', 'motd=a\nrcon.password=\nrcon.port=1\n'],
    ['rcon.password=hunter2', 'rcon.password='],
    ['rcon.password = hunter2\r\nx=1\r\n', 'rcon.password =\r\nx=1\r\n'],
    ['  rcon.password:hunter2\n', '  rcon.password:\n'],
    ['rcon.password hunter2\nx=1', 'rcon.password \nx=1'],
    ['rcon.password=hun\\\nter2\nx=1', 'rcon.password=\nx=1'],
    ['rcon.password=hun\\\r\n  ter2\r\nx=1', 'rcon.password=\r\nx=1'],
    ['rcon.password=hunter2\\\\\nx=1', 'rcon.password=\nx=1'],
    ['rcon.password=\nx=1', 'rcon.password=\nx=1'],
    ['rcon.passwords=keep\nrcon-password=keep\n', 'rcon.passwords=keep\nrcon-password=keep\n'],
    ['', ''],
  ])('has no RCON password in its properties: %j', async (text, wanted) => {
    expect(await properties(text)).toBe(wanted)
  })

  test('never has the password, whatever stands around it and in whatever pieces it comes', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string(), fc.string(), pieceSizes, async (before, after, sizes) => {
        const clean = (text: string) => text.replace(/[\\\r\n]/g, ' ')
        const text = `motd=${clean(before)}\nrcon.password=Zq7hunter2\nlevel-name=${clean(after)}\n`
        const archive = await leaving([file('data/server.properties', text), file('data/z', 'z')], sizes)
        expect(archive.includes('Zq7hunter2')).toBe(false)
        const found = await unpacked(archive)
        expect(found.get('data/z')).toBe('z')
        const latin = Buffer.from(text.replace('Zq7hunter2', '')).toString('latin1')
        expect(found.get('data/server.properties')).toBe(latin)
      }),
      { numRuns: 100 },
    )
  })

  test('the properties of something else in the world are its own', async () => {
    const other = file('data/plugins/x/server.properties', 'rcon.password=keep\n')
    expect((await unpacked(await leaving([other]))).get(other.header.name)).toBe('rcon.password=keep\n')
  })

  test('a file of properties that can be none is refused', async () => {
    const huge = file('data/server.properties', Buffer.alloc(4 * 1024 * 1024 + 1))
    await expect(leaving([huge])).rejects.toThrow('too large')
  })

  test('nothing is sent as whole that was cut off', async () => {
    const archive = await packed([file('data/a', 'a'.repeat(2000))])
    await expect(buffer(withoutSecrets(inPieces(archive.subarray(0, 1024), [100])))).rejects.toThrow(
      'cut off',
    )
  })
})
