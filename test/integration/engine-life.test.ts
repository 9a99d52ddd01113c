import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { EngineEvent } from '../../src/main/engine/types.ts'
import { engineUnavailable, stay, until, useEngine } from './engine-kit.ts'

const unavailable = await engineUnavailable()
if (unavailable !== null) console.warn(`skipped: engine life (${unavailable})`)

describe.skipIf(unavailable !== null)('containers on a real engine, from kill to exec', () => {
  const kit = useEngine()
  const exited = (id: string) => until('the exit', async () => (await kit.state(id)).status === 'exited')
  /** Takes its time to stop, and says so by its exit code. */
  const slowStop = "trap 'sleep 1; exit 7' TERM; while :; do sleep 0.05; done"

  it('leaves a stop to go on when the waiting for it ends', async () => {
    const id = await kit.create('slow-stop', slowStop)
    await kit.engine.startContainer(id)
    const controller = new AbortController()
    const stopping = kit.engine.stopContainer(id, 86_400, controller.signal)
    setTimeout(() => controller.abort(), 200)
    await expect(stopping).rejects.toMatchObject({ kind: 'timeout' })
    expect((await kit.state(id)).status).toBe('running')
    await exited(id)
    expect((await kit.state(id)).exitCode).toBe(7)
  })

  it('kills at the end of a timeout, also when nobody waits any more, and not before', async () => {
    const id = await kit.create('deaf', "trap '' TERM; while :; do sleep 0.05; done")
    await kit.engine.startContainer(id)
    const controller = new AbortController()
    const begun = Date.now()
    const stopping = kit.engine.stopContainer(id, 2, controller.signal)
    setTimeout(() => controller.abort(), 200)
    await expect(stopping).rejects.toMatchObject({ kind: 'timeout' })
    await exited(id)
    expect(Date.now() - begun).toBeGreaterThan(1_800)
    expect((await kit.state(id)).exitCode).toBe(137)
  })

  it('never kills with a timeout of a day; a kill ends that stop, too', async () => {
    const id = await kit.create('deafer', "trap '' TERM; while :; do sleep 0.05; done")
    await kit.engine.startContainer(id)
    let stopped = false
    const stopping = kit.engine.stopContainer(id, 86_400).then(() => {
      stopped = true
    })
    await new Promise((resolve) => setTimeout(resolve, 500))
    expect([stopped, (await kit.state(id)).status]).toEqual([false, 'running'])
    await kit.engine.killContainer(id)
    await stopping
    expect(await kit.state(id)).toMatchObject({ status: 'exited', exitCode: 137 })
  })

  it('kills what runs or is paused, for good, and leaves what is stopped', async () => {
    const id = await kit.create('killed', slowStop)
    await kit.engine.killContainer(id)
    for (const pause of [false, true]) {
      await kit.engine.startContainer(id)
      await kit.engine.setRestartPolicy(id, 'unless-stopped')
      if (pause) await kit.docker.getContainer(id).pause()
      await kit.engine.killContainer(id)
      expect(await kit.state(id)).toMatchObject({ status: 'exited', exitCode: 137 })
      await kit.engine.killContainer(id)
    }
    await expect(kit.engine.killContainer('lnt-engine-nobody')).rejects.toMatchObject({ kind: 'not-found' })
  })

  it('renames, running or not, and names the taken name', async () => {
    const id = await kit.create('name', stay)
    await kit.create('name-other', stay)
    await kit.engine.renameContainer(id, kit.name('name-new'))
    await kit.engine.startContainer(id)
    await kit.engine.renameContainer(id, kit.name('name-newer'))
    await kit.engine.renameContainer(id, kit.name('name-newer'))
    expect(await kit.engine.inspectContainer(kit.name('name-newer'))).toMatchObject({ id, status: 'running' })
    const listed = (await kit.engine.listContainers()).find((container) => container.id === id)
    expect(listed).toMatchObject({ name: kit.name('name-newer'), image: kit.image })
    await expect(kit.engine.renameContainer(id, kit.name('name-other'))).rejects.toMatchObject({
      kind: 'name-taken',
    })
    await expect(kit.engine.renameContainer('lnt-engine-nobody', kit.name('x'))).rejects.toMatchObject({
      kind: 'not-found',
    })
  })

  it('runs commands inside', async () => {
    const id = await kit.create('exec', stay)
    await expect(kit.engine.exec(id, ['sh'], 5_000)).rejects.toMatchObject({
      kind: 'rejected',
      message: expect.stringContaining('is not running'),
    })
    await kit.engine.startContainer(id)
    const run = (script: string, limitMs = 10_000) => kit.engine.exec(id, ['sh', '-c', script], limitMs)
    const { exitCode, output } = await run('echo "out 5 €"; echo err >&2; exit 5')
    expect([exitCode, output.split('\n').sort()]).toEqual([5, ['', 'err', 'out 5 €']])
    const long = await run(
      'i=0; while [ $i -lt 9000 ]; do echo "a line of output $i"; i=$((i+1)); done; exit 3',
    )
    expect(long.exitCode).toBe(3)
    expect(long.output.length).toBe(65_536)
    expect(long.output).toMatch(/^a line of output 0\na line of output 1\n/)
    const missing = await kit.engine.exec(id, ['rcon-cli', 'list'], 10_000)
    expect([126, 127]).toContain(missing.exitCode)
    expect(missing.output).toMatch(/not found/)
    await expect(run('sleep 3', 300)).rejects.toMatchObject({ kind: 'timeout' })
    await expect(kit.engine.exec('lnt-engine-nobody', ['x'], 5_000)).rejects.toMatchObject({
      kind: 'not-found',
    })
  })

  it('mounts a folder of this machine, and refuses one that is missing instead of making it', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'lnt-bind-'))
    try {
      await writeFile(join(folder, 'word'), 'here')
      const mount = { type: 'bind' as const, source: folder, target: '/data' }
      const { id } = await kit.engine.createContainer({ ...kit.spec('bind', 'cat /data/word'), mount })
      expect((await kit.state(id)).mounts).toEqual([mount])
      await kit.engine.startContainer(id)
      await exited(id)
      expect(await kit.engine.containerLogs(id, 5)).toEqual(['here'])
      const missing = { ...mount, source: join(folder, 'missing') }
      await expect(
        kit.engine.createContainer({ ...kit.spec('bind-missing', stay), mount: missing }),
      ).rejects.toMatchObject({ kind: 'rejected', message: expect.stringContaining('does not exist') })
    } finally {
      await rm(folder, { recursive: true })
    }
  })

  it('lists volumes with their labels, and names an anonymous one of a container', async () => {
    const found = (await kit.engine.listVolumes()).find(({ name }) => name === `${kit.prefix}-volume`)
    expect(found?.labels).toEqual({ 'lnt.test': kit.prefix })
    expect(Math.abs(Date.now() - (found?.createdAt ?? 0))).toBeLessThan(120_000)
    const made = await kit.docker.createContainer({
      ...{ name: kit.name('anonymous'), Image: kit.image, Volumes: { '/data': {} } },
    })
    const [mount] = (await kit.state(made.id)).mounts
    expect(mount).toMatchObject({ type: 'volume', target: '/data' })
    expect((await kit.engine.listVolumes()).map(({ name }) => name)).toContain(mount?.source)
  })

  it('tells of containers that are not ours, with their labels', async () => {
    const controller = new AbortController()
    const seen: EngineEvent[] = []
    const following = (async () => {
      for await (const event of kit.engine.events(controller.signal)) seen.push(event)
    })()
    await kit.engine.info()
    const foreign = await kit.docker.createContainer({
      ...{ name: kit.name('foreign'), Image: kit.image, Labels: { 'com.docker.compose.project': 'games' } },
    })
    await foreign.rename({ name: kit.name('foreign-2') })
    await foreign.remove({ v: true })
    const mine = () => seen.filter(({ containerId }) => containerId === foreign.id)
    await until('the removal', async () => mine().some(({ action }) => action === 'destroy'))
    controller.abort()
    await following
    expect(mine().map(({ action }) => action)).toEqual(['create', 'change', 'destroy'])
    for (const { labels } of mine()) expect(labels).toEqual({ 'com.docker.compose.project': 'games' })
  })
})
