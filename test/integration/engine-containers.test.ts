import { buffer } from 'node:stream/consumers'
import { extract, type Header } from 'tar-stream'
import { describe, expect, it } from 'vitest'
import type { EngineEvent } from '../../src/main/engine/types.ts'
import { engineUnavailable, stay, until, useEngine } from './engine-kit.ts'

const unavailable = await engineUnavailable()
if (unavailable !== null) console.warn(`skipped: engine containers (${unavailable})`)

describe.skipIf(unavailable !== null)('containers on a real engine', () => {
  const kit = useEngine()

  it('says what it is', async () => {
    const info = await kit.engine.info()
    expect(info).toEqual(kit.info)
    expect(info.version).toMatch(/^\d+\./)
    expect(info.id.length).toBeGreaterThan(8)
    expect(info.memoryBytes).toBeGreaterThan(1e8)
    expect(info.architecture).toBe(process.arch)
    expect(info.sameMachine).toBe(true)
  })

  it('creates with every setting, and nothing more open than asked', async () => {
    const spec = {
      ...kit.spec('settings', stay, [
        { containerPort: 25565, protocol: 'tcp' as const, hostIp: '', hostPort: 27001 },
        { containerPort: 25565, protocol: 'udp' as const, hostIp: '', hostPort: 27001 },
        { containerPort: 25575, protocol: 'tcp' as const, hostIp: '127.0.0.1', hostPort: 27002 },
      ]),
      capabilities: ['CHOWN', 'SETUID'],
      env: { LNT_COMMAND: stay, MOTD: 'a=b "c"' },
    }
    const { id, warnings } = await kit.engine.createContainer(spec)
    expect(Array.isArray(warnings)).toBe(true)
    const raw = await kit.docker.getContainer(id).inspect()
    expect(raw.HostConfig).toMatchObject({
      Memory: spec.memoryBytes,
      MemorySwap: spec.memoryBytes,
      PidsLimit: 50,
      SecurityOpt: ['no-new-privileges'],
      CapDrop: ['ALL'],
      RestartPolicy: { Name: 'no' },
      LogConfig: { Type: 'json-file', Config: { 'max-size': '10m', 'max-file': '3' } },
      Privileged: false,
      PortBindings: {
        '25565/tcp': [{ HostIp: '', HostPort: '27001' }],
        '25565/udp': [{ HostIp: '', HostPort: '27001' }],
        '25575/tcp': [{ HostIp: '127.0.0.1', HostPort: '27002' }],
      },
    })
    expect([...(raw.HostConfig.CapAdd ?? [])].sort()).toEqual(['CHOWN', 'SETUID'])
    expect(Object.keys(raw.Config.ExposedPorts ?? {}).sort()).toEqual(['25565/tcp', '25565/udp', '25575/tcp'])
    expect(raw.Config).toMatchObject({ StopTimeout: 5, Labels: { 'lnt.test': kit.prefix } })
    expect(raw.Mounts).toMatchObject([
      { Type: 'volume', Name: `${kit.prefix}-volume`, Destination: '/data', RW: true },
    ])

    const state = await kit.state(id)
    expect(state).toMatchObject({
      id,
      name: spec.name,
      status: 'created',
      outOfMemory: false,
      error: '',
      restartPolicy: 'no',
      labels: spec.labels,
      image: kit.image,
      memoryBytes: spec.memoryBytes,
    })
    expect(state.env).toMatchObject({ MOTD: 'a=b "c"' })
    expect(state.ports).toEqual(expect.arrayContaining(spec.ports))
    expect(await kit.engine.inspectContainer(spec.name)).toEqual(state)

    await kit.engine.setRestartPolicy(id, 'unless-stopped')
    expect((await kit.state(id)).restartPolicy).toBe('unless-stopped')
    await kit.engine.removeContainer(id)
    expect(await kit.engine.inspectContainer(id)).toBeNull()
    await kit.engine.removeContainer(id)
    expect(await kit.engine.hasVolume(`${kit.prefix}-volume`)).toBe(true)
  })

  it('starts, stops and starts again; asking twice changes nothing', async () => {
    const id = await kit.create('life', stay)
    await kit.engine.startContainer(id)
    await kit.engine.startContainer(id)
    expect((await kit.state(id)).status).toBe('running')
    await expect(kit.engine.removeContainer(id)).rejects.toMatchObject({ kind: 'rejected' })
    await kit.engine.stopContainer(id, 5)
    await kit.engine.stopContainer(id, 5)
    expect(await kit.state(id)).toMatchObject({ status: 'exited', exitCode: 0 })
  })

  it('puts a file with its owner and mode, and leaves the folders that are there', async () => {
    const command = [
      'stat -c "%n %u %g %a" /tmp /run /run/secret /run/secret/deep /run/secret/deep/word /tmp/second',
      'cat /run/secret/deep/word /tmp/second 2>&1',
    ].join('; ')
    const id = await kit.create('file', command)
    const file = { content: 'geheim 🔑\n', uid: 1000, gid: 1000, mode: 0o400 }
    await kit.engine.putFile(id, { ...file, path: '/run/secret/deep/word' })
    await kit.engine.putFile(id, { ...file, path: '/tmp/second', uid: 0, gid: 5, mode: 0o644 })
    await kit.engine.startContainer(id)
    await until('the exit', async () => (await kit.state(id)).status === 'exited')
    expect(await kit.engine.containerLogs(id, 100)).toEqual([
      '/tmp 0 0 1777',
      '/run 0 0 755',
      '/run/secret 0 0 755',
      '/run/secret/deep 0 0 755',
      '/run/secret/deep/word 1000 1000 400',
      '/tmp/second 0 5 644',
      // Root without DAC_OVERRIDE is kept out of what belongs to user 1000 alone.
      'cat: /run/secret/deep/word: Permission denied',
      'geheim 🔑',
    ])
    const archive = await kit.docker.getContainer(id).getArchive({ path: '/run/secret/deep/word' })
    const entries = extract()
    const header = new Promise<Header>((resolve) => entries.on('entry', (found) => resolve(found)))
    const content = new Promise((resolve) =>
      entries.on('entry', (_, stream) => resolve(buffer(stream).then(String))),
    )
    entries.end(await buffer(archive as AsyncIterable<Buffer>))
    const { uid, gid, mode } = await header
    // The engine adds the kind of file to the mode.
    expect([uid, gid, (mode ?? 0) & 0o7777]).toEqual([1000, 1000, 0o400])
    expect(await content).toBe('geheim 🔑\n')
  })

  it('puts a file into a running container', async () => {
    const id = await kit.create(
      'running-file',
      'while [ ! -r /new/place ]; do sleep 0.05; done; cat /new/place',
    )
    await kit.engine.startContainer(id)
    await kit.engine.putFile(id, { path: '/new/place', content: 'here', uid: 0, gid: 0, mode: 0o600 })
    await until('the exit', async () => (await kit.state(id)).status === 'exited')
    expect(await kit.engine.containerLogs(id, 5)).toEqual(['here'])
  })

  it('reads the last lines of both streams in their order', async () => {
    const id = await kit.create(
      'logs',
      'for i in 1 2 3 4 5; do echo out $i; sleep 0.06; echo err $i >&2; sleep 0.06; done',
    )
    await kit.engine.startContainer(id)
    await until('the exit', async () => (await kit.state(id)).status === 'exited')
    expect(await kit.engine.containerLogs(id, 3)).toEqual(['err 4', 'out 5', 'err 5'])
    expect(await kit.engine.containerLogs(id, 100)).toHaveLength(10)
  })

  it('tells an exit code from a kill for memory', async () => {
    const plain = await kit.create('plain', 'exit 3')
    await kit.engine.startContainer(plain)
    const eater = await kit.create('eater', 'a=aaaaaaaaaaaaaaaa; while :; do a=$a$a; done')
    await kit.engine.startContainer(eater)
    await until('both exits', async () => {
      const states = [await kit.state(plain), await kit.state(eater)]
      return states.every(({ status }) => status === 'exited')
    })
    expect(await kit.state(plain)).toMatchObject({ exitCode: 3, outOfMemory: false })
    expect(await kit.state(eater)).toMatchObject({ outOfMemory: true })
  })

  it('names what is wrong', async () => {
    const id = await kit.create('twice', stay)
    await expect(kit.create('twice', stay)).rejects.toMatchObject({ kind: 'name-taken' })
    const missing = { ...kit.spec('no-image', stay), image: 'lnt-engine-no-such-image:1' }
    await expect(kit.engine.createContainer(missing)).rejects.toMatchObject({ kind: 'image-missing' })
    await expect(kit.engine.startContainer('lnt-engine-nobody')).rejects.toMatchObject({ kind: 'not-found' })
    await expect(kit.engine.stopContainer('lnt-engine-nobody', 1)).rejects.toMatchObject({
      kind: 'not-found',
    })
    const small = { ...kit.spec('small', stay), memoryBytes: 1024 }
    await expect(kit.engine.createContainer(small)).rejects.toMatchObject({
      kind: 'rejected',
      message: expect.stringMatching(/^Minimum memory limit allowed is 6MB/i),
    })
    const odd = { path: 'relative', content: '', uid: 0, gid: 0, mode: 0o600 }
    await expect(kit.engine.putFile(id, odd)).rejects.toMatchObject({ kind: 'rejected' })
    expect(await kit.engine.hasImage('lnt-engine-no-such-image:1')).toBe(false)
    expect(await kit.engine.hasImage(kit.image)).toBe(true)
    expect(await kit.engine.hasVolume(kit.name('no-volume'))).toBe(false)
  })

  it('counts what a volume takes', async () => {
    const id = await kit.create('fill', 'cat /bin/sh /bin/sh > /data/file')
    await kit.engine.startContainer(id)
    await until('the exit', async () => (await kit.state(id)).status === 'exited')
    const [used, again] = await Promise.all([
      kit.engine.volumeUsage(`${kit.prefix}-volume`),
      kit.engine.volumeUsage(`${kit.prefix}-volume`),
    ])
    expect(used).toBeGreaterThan(100_000)
    expect(again).toBe(used)
    expect(await kit.engine.volumeUsage(kit.name('no-volume'))).toBeNull()
  })

  it('tells of a container’s life as it happens', async () => {
    const signal = new AbortController()
    const seen: EngineEvent[] = []
    const following = (async () => {
      for await (const event of kit.engine.events(signal.signal)) {
        if (event.labels['lnt.test'] === kit.prefix) seen.push(event)
      }
    })()
    await kit.engine.info()
    const id = await kit.create('events', 'exit 7')
    await kit.engine.startContainer(id)
    await until('the end', async () => seen.some(({ action }) => action === 'die'))
    await kit.engine.removeContainer(id)
    await until('the removal', async () => seen.some(({ action }) => action === 'destroy'))
    signal.abort()
    await following
    const mine = seen.filter(({ containerId }) => containerId === id)
    const words = mine.map(({ action }) => action).filter((action) => action !== 'other')
    expect(words).toEqual(['create', 'start', 'die', 'destroy'])
    expect(mine.find(({ action }) => action === 'die')).toMatchObject({
      exitCode: 7,
      labels: { 'lnt.test': kit.prefix },
    })
    expect(Math.abs(Date.now() - mine[0]!.at)).toBeLessThan(60_000)
  })
})
