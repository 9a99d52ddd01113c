import { describe, expect, test } from 'vitest'
import { findServer, updateServer } from '../../../src/main/database/servers.ts'
import { gameEnvironment } from '../../../src/main/game/image.ts'
import { Secret } from '../../../src/main/secrets/secret.ts'
import { environmentSchema } from '../../../src/shared/fields.ts'
import type { Server } from '../../../src/shared/model.ts'
import { dump, failureOf, nginx } from './kit.ts'
import { type LaunchKit, openLaunchKit } from './launch-kit.ts'

async function online(kit: LaunchKit): Promise<Server> {
  const { id } = await kit.create()
  return kit.until(id, 'online')
}

const told = (kit: LaunchKit) =>
  kit.database.prepare<[], string>('SELECT message FROM activity ORDER BY id').pluck().all()
const envOf = (kit: LaunchKit, { containerName }: Server) =>
  kit.engine.containers.get(containerName)?.state.env

describe('memory, name, address and variables', () => {
  test('are told one by one, with what they were', async () => {
    const kit = openLaunchKit()
    const { id } = await online(kit)
    const change = {
      ...{ name: 'Castle', memory: 2, address: 'play.example.org' },
      environment: { SEED: 'secret-seed', DIFFICULTY: 'hard' },
    }
    const after = await kit.servers.update(id, change, 'desktop')
    expect(after).toMatchObject({
      ...{ name: 'Castle', memory: 2, ipAddress: 'play.example.org', restartNeeded: true },
      environment: { SEED: 'secret-seed', DIFFICULTY: 'hard' },
    })
    expect(told(kit).slice(-4)).toEqual([
      'My server is called Castle now.',
      'The address of Castle is play.example.org now.',
      'Memory of Castle changed from 1 GB to 2 GB.',
      'Variables of Castle changed: DIFFICULTY, SEED.',
    ])
    const before = dump(kit.database)
    await kit.servers.update(id, change, 'desktop')
    expect(dump(kit.database)).toEqual(before)
    expect((await kit.servers.update(id, { address: null }, 'desktop')).ipAddress).toBe('192.0.2.7')
  })

  test('an address is there at once and needs no restart', async () => {
    const kit = openLaunchKit()
    const { id } = await online(kit)
    const after = await kit.servers.update(id, { address: 'play.example.org' }, 'test')
    expect(after.restartNeeded).toBe(false)
    expect(kit.servers.credentials(id, 'test').ipAddress).toBe('play.example.org')
  })

  test('what is wrong is all named, and nothing is written', async () => {
    const kit = openLaunchKit({ memoryBytes: 4 * 1024 ** 3 })
    const { id } = await online(kit)
    await kit.create({ name: 'Other' })
    const before = dump(kit.database)
    const refused = await failureOf(() =>
      kit.servers.update(id, { name: 'OTHER', memory: 1000, address: 'play.example.org' }, 'test'),
    )
    expect(refused).toMatchObject({
      code: 'INVALID_INPUT',
      data: { fields: [{ field: 'name' }, { field: 'memory' }] },
    })
    expect(dump(kit.database).servers).toEqual(before.servers)
  })

  test('variables reach the game with the next start, and never change one of ours', async () => {
    const kit = openLaunchKit()
    const server = await online(kit)
    await kit.servers.update(server.id, { environment: { SEED: '7', MOTD: 'Mine' } }, 'test')
    expect(envOf(kit, server)).not.toHaveProperty('SEED')
    await kit.servers.restart(server.id, 'test')
    const after = await kit.until(server.id, 'online')
    expect(after.restartNeeded).toBe(false)
    expect(envOf(kit, server)).toMatchObject({ SEED: '7', MOTD: 'Mine', EULA: 'TRUE' })
    // Even where a record holds what no door lets in.
    const forced = JSON.stringify({ EULA: 'FALSE', RCON_PASSWORD_FILE: '/etc/passwd', VERSION: '1.0' })
    const env = gameEnvironment({ ...findServer(kit.database, server.id)!, environment: forced })
    expect(env).toMatchObject({
      EULA: 'TRUE',
      RCON_PASSWORD_FILE: '/lightnode/rcon-password',
      VERSION: '1.20.4',
    })
  })

  test.each([
    'EULA',
    'TYPE',
    'VERSION',
    'MEMORY',
    'INIT_MEMORY',
    'MAX_MEMORY',
    'RCON_PASSWORD',
    'ENABLE_RCON',
    'RCON_PORT',
    'SERVER_PORT',
    'SERVER_IP',
    'UID',
    'GID',
    'LD_PRELOAD',
    'PATH',
    'STOP_DURATION',
    'lower',
    '9X',
    'A=B',
    '',
  ])('a variable called %j is refused', (name) => {
    expect(environmentSchema.safeParse({ [name]: 'x' }).success).toBe(false)
  })

  test.each(['a\nb', 'a\u0000b', 'x'.repeat(1001)])('a value such as %j is refused', (value) => {
    expect(environmentSchema.safeParse({ SEED: value }).success).toBe(false)
  })

  test('an adopted one that stands still gets a new container; the old one is remembered', async () => {
    const kit = openLaunchKit()
    const { id } = await online(kit)
    await kit.servers.stop(id, 'test')
    updateServer(kit.database, id, { adopted: 1 })
    const before = findServer(kit.database, id)!
    await kit.servers.update(id, { memory: 2 }, 'test')
    expect((await kit.servers.update(id, { memory: 3 }, 'test')).restartNeeded).toBe(false)
    kit.servers.start(id, 'test')
    expect(findServer(kit.database, id)).toMatchObject({
      containerId: null,
      replacedContainerId: before.containerId,
    })
  })

  test('an adopted one that runs gets it with its restart', async () => {
    const kit = openLaunchKit()
    const { id } = await online(kit)
    updateServer(kit.database, id, { adopted: 1 })
    const before = findServer(kit.database, id)!
    await kit.servers.update(id, { memory: 2 }, 'test')
    expect(findServer(kit.database, id)).toMatchObject({ containerId: before.containerId, restartNeeded: 1 })
    await kit.servers.stop(id, 'test')
    expect(findServer(kit.database, id)!.containerId).toBe(before.containerId)
    kit.servers.start(id, 'test')
    expect(findServer(kit.database, id)).toMatchObject({
      containerId: null,
      replacedContainerId: before.containerId,
    })
  })
})

test('variables of what stands still reach the game with its start; one that is taken away goes', async () => {
  const kit = openLaunchKit()
  const server = await online(kit)
  for (const environment of [{ SEED: '7' }, {}] as Record<string, string>[]) {
    await kit.servers.stop(server.id, 'test')
    await kit.servers.update(server.id, { environment }, 'test')
    kit.servers.start(server.id, 'test')
    expect((await kit.until(server.id, 'online')).restartNeeded).toBe(false)
    expect(envOf(kit, server)?.SEED).toBe(environment.SEED)
  }
})

test('what is changed and changed back needs no restart any more after one', async () => {
  const kit = openLaunchKit()
  const server = await online(kit)
  const { id: container } = kit.engine.containers.get(server.containerName)!.state
  for (const memory of [2, 1]) await kit.servers.update(server.id, { memory }, 'test')
  expect(kit.servers.get(server.id).restartNeeded).toBe(true)
  await kit.servers.restart(server.id, 'test')
  expect((await kit.until(server.id, 'online')).restartNeeded).toBe(false)
  expect(kit.engine.containers.get(server.containerName)!.state.id).toBe(container)
})

describe('another port', () => {
  test('for what runs: stopped, moved and started as one', async () => {
    const kit = openLaunchKit()
    const { id, port } = await online(kit)
    const after = await kit.servers.changePort(id, 'desktop', port + 5)
    expect(after.port).toBe(port + 5)
    expect(await kit.until(id, 'online')).toMatchObject({ port: port + 5, task: null })
    expect(told(kit)).toContain(`My server moved to game port ${port + 5}.`)
    const held = kit.database.prepare('SELECT port FROM ports WHERE server_id = ? ORDER BY port').pluck()
    expect(held.all(id)).toEqual([port + 5, expect.any(Number)])
  })

  test('the next free one when none is named', async () => {
    const kit = openLaunchKit()
    const { id, port } = await online(kit)
    await kit.servers.changePort(id, 'test')
    expect((await kit.until(id, 'online')).port).toBe(port + 1)
  })

  test('one that is held is refused with its holder, and the game goes on', async () => {
    const kit = openLaunchKit()
    const { id, port } = await online(kit)
    const { port: others } = await kit.create({ name: 'Other' })
    kit.probe.held.set(port + 4, nginx)
    const refuse = (wanted: number) => failureOf(() => kit.servers.changePort(id, 'test', wanted))
    expect(await refuse(others)).toMatchObject({
      code: 'PORT_TAKEN',
      message: `Port ${others} is held by server Other.`,
    })
    expect(await refuse(port + 4)).toMatchObject({
      code: 'PORT_TAKEN',
      message: expect.stringContaining('nginx'),
    })
    expect((await refuse(80)).code).toBe('INVALID_INPUT')
    expect(kit.servers.get(id)).toMatchObject({ status: 'online', port })
    expect(kit.engine.calls.filter((call) => call.startsWith('stopContainer'))).toEqual([])
    // It is given back: found free at once.
    kit.probe.held.clear()
    await kit.servers.changePort(id, 'test', port + 4)
    expect((await kit.until(id, 'online')).port).toBe(port + 4)
  })

  test('one that is taken while the game stops: it starts on its own, and the task says why', async () => {
    const kit = openLaunchKit()
    const { id, port } = await online(kit)
    kit.engine.before = (method) => {
      if (method === 'stopContainer') kit.probe.held.set(port + 3, nginx)
    }
    const refused = await failureOf(() => kit.servers.changePort(id, 'test', port + 3))
    expect(refused).toMatchObject({ code: 'PORT_TAKEN', message: expect.stringContaining('nginx') })
    expect(await kit.until(id, 'online')).toMatchObject({ port, task: { problem: { code: 'PORT_TAKEN' } } })
  })

  test('for what stands still it is written with the start; one without its EULA only moves', async () => {
    const kit = openLaunchKit()
    const { id, port } = await online(kit)
    await kit.servers.stop(id, 'test')
    await kit.servers.changePort(id, 'test', port + 2)
    expect((await kit.until(id, 'online')).port).toBe(port + 2)
    await kit.servers.stop(id, 'test')
    updateServer(kit.database, id, { eulaAcceptedAt: 0 })
    expect(await kit.servers.changePort(id, 'test', port)).toMatchObject({ port, status: 'stopped' })
    expect(findServer(kit.database, id)!.desired).toBe('stopped')
  })

  test('its own is nothing to do', async () => {
    const kit = openLaunchKit()
    const { id, port } = await online(kit)
    expect((await kit.servers.changePort(id, 'test', port)).status).toBe('online')
    expect(kit.engine.calls.filter((call) => call.startsWith('stopContainer'))).toEqual([])
  })
})

describe('another RCON password', () => {
  test('cut off while the game stops is made after all, and told when it is done', async () => {
    const kit = openLaunchKit()
    const { id, containerName } = await online(kit)
    const before = kit.servers.credentials(id, 'test').rconPassword
    kit.engine.before = (method) => (method === 'stopContainer' ? new Promise(() => {}) : undefined)
    const ended = failureOf(() => kit.servers.rotatePassword(id, 'test'))
    await kit.until(id, ({ task }) => task?.step === 'Stopping the game')
    await kit.stop()
    await ended
    // Nothing says anything else than what runs.
    expect(kit.servers.credentials(id, 'test').rconPassword).toBe(before)
    kit.engine.before = () => {}
    const next = kit.restart()
    next.resume()
    await next.tasks.done(id)
    await kit.until(id, 'online')
    const after = kit.servers.credentials(id, 'test').rconPassword
    expect(after).not.toBe(before)
    expect(kit.engine.containers.get(containerName)!.password).toBe(after)
    expect(findServer(kit.database, id)!.nextRconPassword).toBeNull()
    expect(told(kit)).toContain('My server takes its new RCON password; the old one is forgotten.')
  })

  test('while it waits, the console still opens with the one that the game has', async () => {
    const kit = openLaunchKit()
    const { id } = await online(kit)
    const nextRconPassword = kit.credentials.sealRcon(id, new Secret('not-yet-taken'))
    updateServer(kit.database, id, { nextRconPassword })
    kit.engine.onCommand = () => 'There are 0 of a max of 20 players online'
    expect(await kit.console.command(findServer(kit.database, id)!, 'list')).toContain('players online')
  })
})
