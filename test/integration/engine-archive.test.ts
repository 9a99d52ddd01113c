import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { pipeline } from 'node:stream/promises'
import { extract, type Header, type Pack, pack } from 'tar-stream'
import { describe, expect, it } from 'vitest'
import { engineUnavailable, stay, until, useEngine } from './engine-kit.ts'

const unavailable = await engineUnavailable()
if (unavailable !== null) console.warn(`skipped: engine archives (${unavailable})`)

const never = new AbortController().signal
const mega = 1024 * 1024

describe.skipIf(unavailable !== null)('archives on a real engine', () => {
  const kit = useEngine()

  /** A container that never starts, with a volume of its own at /data. */
  async function helper(suffix: string, volume = kit.name(suffix)): Promise<string> {
    await kit.engine.createVolume(volume, { 'lnt.test': kit.prefix })
    const mount = { type: 'volume' as const, source: volume, target: '/data' }
    return (await kit.engine.createContainer({ ...kit.spec(suffix, stay), mount })).id
  }

  it('carries a volume out and in: owners, modes, times, links and a large file', async () => {
    const from = await helper('from')
    const megabytes = 200
    const written = pack()
    const sent = fill(written, megabytes)
    await kit.engine.writeArchive(from, '/', asReadable(written), never)
    const hash = await sent

    // What the container itself sees is what was written.
    const look = await kit.engine.createContainer({
      ...kit.spec(
        'look',
        'stat -c "%n %u %g %a %F" /data /data/world /data/world/* /data/.dot; cat /data/world/link',
      ),
      mount: { type: 'volume', source: kit.name('from'), target: '/data' },
      capabilities: ['DAC_OVERRIDE'],
    })
    await kit.engine.startContainer(look.id)
    await until('the exit', async () => (await kit.state(look.id)).status === 'exited')
    expect(await kit.engine.containerLogs(look.id, 20)).toEqual([
      '/data 1000 1001 750 directory',
      '/data/world 1000 1000 755 directory',
      '/data/world/big 1000 1000 600 regular file',
      '/data/world/dead 0 0 777 symbolic link',
      '/data/world/level.dat 1000 1000 644 regular file',
      '/data/world/link 1000 1000 777 symbolic link',
      '/data/world/same 1000 1000 644 regular file',
      '/data/.dot 0 5 444 regular file',
      'level',
    ])

    // From one volume to the other, as a stream: memory does not grow by the file.
    const to = await helper('to')
    const before = process.memoryUsage()
    let most = 0
    const watch = setInterval(() => {
      const { arrayBuffers, heapUsed } = process.memoryUsage()
      most = Math.max(most, arrayBuffers + heapUsed - before.arrayBuffers - before.heapUsed)
    }, 5)
    await kit.engine.writeArchive(to, '/', await kit.engine.readArchive(from, '/data', never), never)
    clearInterval(watch)
    expect(most).toBeLessThan(100 * mega)

    const [first, second] = [await contents(from), await contents(to)]
    expect(second).toEqual(first)
    expect(first['data/world/big']).toMatchObject({ size: megabytes * mega, hash, mode: 0o600, uid: 1000 })
    expect(first['data/']).toMatchObject({ uid: 1000, gid: 1001, mode: 0o750 })
    expect(first['data/world/link']).toMatchObject({ type: 'symlink', linkname: 'level.dat' })
    expect(first['data/world/same']).toMatchObject({ type: 'link', linkname: 'data/world/level.dat' })
    expect(first['data/world/level.dat']?.mtime).toBe(Date.UTC(2020, 1, 3))
  }, 60_000)

  /** What the test writes; resolves with the large file's hash. */
  async function fill(archive: Pack, megabytes: number): Promise<string> {
    const player = { uid: 1000, gid: 1000 }
    const mtime = new Date(Date.UTC(2020, 1, 3))
    archive.entry({ name: 'data', type: 'directory', uid: 1000, gid: 1001, mode: 0o750 })
    archive.entry({ name: 'data/world', type: 'directory', ...player, mode: 0o755 })
    archive.entry({ name: 'data/world/level.dat', ...player, mode: 0o644, mtime }, 'level')
    archive.entry({
      name: 'data/world/same',
      type: 'link',
      linkname: 'data/world/level.dat',
      ...player,
      mtime,
    })
    archive.entry({ name: 'data/world/link', type: 'symlink', linkname: 'level.dat', ...player })
    archive.entry({ name: 'data/world/dead', type: 'symlink', linkname: '/nowhere', uid: 0, gid: 0 })
    archive.entry({ name: 'data/.dot', uid: 0, gid: 5, mode: 0o444 }, 'dot')
    const hash = createHash('sha256')
    // Mostly zeros, as a world's region files are.
    const chunks = function* () {
      for (let at = 0; at < megabytes; at += 1) {
        const chunk = Buffer.alloc(mega)
        chunk.writeUInt32BE(at, 1000)
        hash.update(chunk)
        yield chunk
      }
    }
    const entry = archive.entry({ name: 'data/world/big', size: megabytes * mega, ...player, mode: 0o600 })
    await pipeline(Readable.from(chunks()), entry)
    archive.finalize()
    return hash.digest('hex')
  }

  async function contents(id: string) {
    const entries = extract()
    const found: Record<string, Partial<Omit<Header, 'mtime'>> & { hash: string; mtime?: number }> = {}
    const read = (async () => {
      for await (const entry of entries) {
        const { name, type, uid, gid, mode = 0, size, linkname, mtime } = entry.header
        const hash = createHash('sha256')
        for await (const chunk of entry) hash.update(chunk as Buffer)
        const rest = { type, uid, gid, mode: mode & 0o7777, size, linkname }
        found[name] = {
          ...rest,
          ...(name !== 'data/' && { mtime: Number(mtime) }),
          hash: hash.digest('hex'),
        } as never
      }
    })()
    await Promise.all([pipeline(await kit.engine.readArchive(id, '/data', never), entries), read])
    return found
  }

  it('reads one file; names what is missing', async () => {
    const id = await helper('one')
    const written = pack()
    written.entry({ name: 'word' }, 'hello')
    written.finalize()
    await kit.engine.writeArchive(id, '/data', asReadable(written), never)
    const entries = extract()
    const read = (async () => {
      for await (const entry of entries) return [entry.header.name, String(await buffer(entry))]
      return []
    })()
    ;(await kit.engine.readArchive(id, '/data/word', never)).pipe(entries)
    expect(await read).toEqual(['word', 'hello'])
    const missing = { kind: 'not-found' }
    await expect(kit.engine.readArchive(id, '/data/nothing', never)).rejects.toMatchObject(missing)
    await expect(kit.engine.readArchive('lnt-engine-nobody', '/data', never)).rejects.toMatchObject(missing)
    await expect(kit.engine.writeArchive(id, '/nothing', zeros(50), never)).rejects.toMatchObject(missing)
    await expect(kit.engine.writeArchive('lnt-engine-nobody', '/', zeros(50), never)).rejects.toMatchObject(
      missing,
    )
    await expect(kit.engine.writeArchive(id, '/data/word', zeros(50), never)).rejects.toMatchObject({
      kind: 'rejected',
      message: 'extraction point is not a directory',
    })
    const odd = Readable.from([Buffer.alloc(4096, 65)])
    await expect(kit.engine.writeArchive(id, '/data', odd, never)).rejects.toMatchObject({ kind: 'rejected' })
  })

  it('says when there is no space for it', async () => {
    const volume = kit.name('small')
    const DriverOpts = { type: 'tmpfs', device: 'tmpfs', o: 'size=1m' }
    await kit.docker.createVolume({ Name: volume, DriverOpts, Labels: { 'lnt.test': kit.prefix } })
    const id = await helper('small-helper', volume)
    const archive = zeros(100)
    await expect(kit.engine.writeArchive(id, '/data', archive, never)).rejects.toMatchObject({
      kind: 'no-space',
      message: expect.stringContaining('no space left on device'),
    })
    expect(archive.destroyed).toBe(true)
  })

  it('holds nothing up after an abort in the middle, of either way', async () => {
    const id = await helper('aborted')
    await kit.engine.writeArchive(id, '/data', zeros(100), never)
    const reading = new AbortController()
    const archive = await kit.engine.readArchive(id, '/data', reading.signal)
    await new Promise((resolve) => archive.once('readable', resolve))
    // The engine keeps every question about a container back while one of its archives is read …
    let answered = false
    const state = kit.engine.inspectContainer(id).finally(() => {
      answered = true
    })
    await new Promise((resolve) => setTimeout(resolve, 500))
    expect(answered).toBe(false)
    // … but the list knows what it made.
    expect(await kit.engine.listContainers()).toContainEqual(
      expect.objectContaining({ id, image: kit.image }),
    )
    reading.abort(new Error('enough'))
    await expect(buffer(archive)).rejects.toThrow('enough')
    expect((await state)?.status).toBe('created')

    const writing = new AbortController()
    const endless = zeros(1e6)
    setTimeout(() => writing.abort(new Error('enough')), 300)
    await expect(kit.engine.writeArchive(id, '/data', endless, writing.signal)).rejects.toThrow('enough')
    expect(endless.destroyed).toBe(true)
    expect((await kit.state(id)).status).toBe('created')
    await kit.engine.removeContainer(id)
  }, 30_000)

  it('tells when a file shrank while it was read: the engine itself does not', async () => {
    const id = await helper('changing')
    const mount = { type: 'volume' as const, source: kit.name('changing'), target: '/data' }
    const busy = 'while :; do cat /bin/sh /bin/sh /bin/sh /bin/sh > /data/file; : > /data/file; done'
    const game = await kit.engine.createContainer({ ...kit.spec('changing-game', busy), mount })
    await kit.engine.startContainer(game.id)
    await until('the file', () =>
      kit.engine.readArchive(id, '/data/file', never).then(
        (archive) => buffer(archive).catch(() => true),
        () => false,
      ),
    )
    const outcomes = new Set<string>()
    await until('both outcomes', async () => {
      const archive = await kit.engine.readArchive(id, '/data/file', never)
      const outcome = await buffer(archive).then(
        () => 'whole',
        (error: { kind: string }) => error.kind,
      )
      return outcomes.add(outcome).size === 2
    })
    await kit.engine.killContainer(game.id)
    expect([...outcomes].sort()).toEqual(['rejected', 'whole'])
  }, 30_000)
})

/** tar-stream's own streams are of a library of theirs. */
function asReadable(archive: Pack): Readable {
  return Readable.from(archive, { objectMode: false })
}

/** An archive of one file. */
function zeros(megabytes: number): Readable {
  const archive = pack()
  const entry = archive.entry({ name: 'zeros', size: megabytes * mega })
  const chunks = function* () {
    for (let at = 0; at < megabytes; at += 1) yield Buffer.alloc(mega)
  }
  pipeline(Readable.from(chunks()), entry).then(
    () => archive.finalize(),
    // Whoever reads it has gone.
    () => {},
  )
  return asReadable(archive)
}
