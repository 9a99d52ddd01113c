import { mkdtemp, rm } from 'node:fs/promises'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { connectEngine, discoverEngine } from '../../src/main/engine/connect.ts'
import type { EngineEvent } from '../../src/main/engine/types.ts'
import { watchEngine } from '../../src/main/engine/watch.ts'
import { engineUnavailable, socketPath, until, useEngine } from './engine-kit.ts'

const unavailable = await engineUnavailable()
if (unavailable !== null) console.warn(`skipped: engine watch (${unavailable})`)

describe.skipIf(unavailable !== null)('an engine that comes and goes', () => {
  const kit = useEngine()
  let folder: string
  let path: string
  let door: Awaited<ReturnType<typeof openDoor>> | null = null

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'lnt-engine-'))
    path = join(folder, 'docker.sock')
  })
  afterEach(async () => {
    await door?.close()
    door = null
    await rm(folder, { recursive: true })
  })

  const watch = () =>
    watchEngine({
      discover: (signal) =>
        connectEngine([{ source: 'test socket', endpoint: `unix://${path}`, explicit: true }], { signal }),
      intervalMs: 100,
      pingMs: 100,
    })

  it('is found when it appears, lost when it goes, and found again', async () => {
    const watched = watch()
    const states: string[] = []
    const events: EngineEvent[] = []
    watched.onChange(() => states.push(watched.current.state))
    watched.onEvent((event) => events.push(event))
    await watched.start()
    expect(watched.current).toMatchObject({
      state: 'missing',
      tried: [{ source: 'test socket', endpoint: `unix://${path}`, outcome: 'no such file' }],
    })
    await new Promise((resolve) => setTimeout(resolve, 350))
    expect(states).toEqual(['missing'])

    door = await openDoor(path)
    await until('the engine', () => watched.current.state === 'available')
    expect(watched.current).toMatchObject({ source: 'test socket', info: { id: kit.info.id } })
    const id = await kit.create('watched', 'exit 4')
    await kit.engine.startContainer(id)
    await until('the event', () =>
      events.some(({ containerId, exitCode }) => containerId === id && exitCode === 4),
    )

    await door.close()
    await until('its loss', () => watched.current.state === 'missing')
    door = await openDoor(path)
    await until('its return', () => watched.current.state === 'available')
    expect(states).toEqual(['missing', 'available', 'searching', 'missing', 'available'])
    await kit.engine.removeContainer(id)
    await until('the removal', () => events.some(({ action }) => action === 'destroy'))

    await watched.stop()
    await until('no connection', () => door?.open() === 0)
    await door.close()
    await new Promise((resolve) => setTimeout(resolve, 300))
    expect(states).toHaveLength(5)
  })

  it('is looked for at once when asked', async () => {
    const watched = watchEngine({
      discover: () => connectEngine([{ source: 'test', endpoint: `unix://${path}`, explicit: true }]),
      intervalMs: 60_000,
    })
    await watched.start()
    door = await openDoor(path)
    await watched.refresh()
    expect(watched.current.state).toBe('available')
    const before = watched.current
    await watched.refresh()
    expect(watched.current).toBe(before)
    await watched.stop()
  })

  it('is lost when it hangs without a word', async () => {
    door = await openDoor(path)
    const watched = watch()
    await watched.start()
    expect(watched.current.state).toBe('available')
    door.freeze()
    await until('its loss', () => watched.current.state !== 'available')
    await until('the search', () => watched.current.state === 'missing')
    expect(watched.current).toMatchObject({ tried: [{ outcome: expect.stringContaining('no answer') }] })
    await watched.stop()
  })

  it('is found where the environment says, and at its usual place', async () => {
    door = await openDoor(path)
    const surroundings = { platform: 'linux', home: folder }
    const named = await discoverEngine({ ...surroundings, env: { DOCKER_HOST: `unix://${path}` } })
    expect(named).toMatchObject({ state: 'available', source: 'DOCKER_HOST', info: { id: kit.info.id } })
    const usual = await discoverEngine({ ...surroundings, env: {} })
    expect(usual).toMatchObject({ state: 'available', source: 'Docker Engine socket' })
    expect(kit.engine.endpoint).toBe(`unix://${socketPath}`)
  })

  it('ends its event stream with a rejection when the connection is cut', async () => {
    door = await openDoor(path)
    const found = await connectEngine([{ source: 'test', endpoint: `unix://${path}`, explicit: true }])
    if (found.state !== 'available') throw new Error('no engine')
    const reading = (async () => {
      for await (const event of found.engine.events(new AbortController().signal)) void event
    })()
    const expected = expect(reading).rejects.toMatchObject({ name: 'EngineError', kind: 'unreachable' })
    await found.engine.info()
    await door.close()
    await expected
    await expect(found.engine.listContainers()).rejects.toMatchObject({ kind: 'unreachable' })
  })
})

/** A socket that leads to the real engine while it is open. */
async function openDoor(path: string) {
  const sockets = new Set<Socket>()
  let frozen = false
  const server: Server = createServer((near) => {
    const far = connect(socketPath)
    for (const socket of [near, far]) {
      sockets.add(socket)
      socket.on('error', () => {})
      socket.on('close', () => {
        sockets.delete(socket)
        near.destroy()
        far.destroy()
      })
    }
    if (frozen) return
    near.pipe(far)
    far.pipe(near)
  })
  await new Promise<void>((resolve) => server.listen(path, resolve))
  return {
    open: () => sockets.size,
    freeze: () => {
      frozen = true
      for (const socket of sockets) socket.unpipe().pause()
    },
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve())
        for (const socket of sockets) socket.destroy()
      }),
  }
}
