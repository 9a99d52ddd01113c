import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { failureOf } from '../core/kit.ts'
import { type ByHand, openAdoptionKit } from './adoption-kit.ts'

const withPassword = { env: { RCON_PASSWORD: 'FromTheEnvironment1' } }

/** The head of a world that this version wrote. */
function levelDat(version: string): Buffer {
  const text = Buffer.from(version)
  const compound = Buffer.concat([Buffer.from([10, 0, 7]), Buffer.from('Version'), Buffer.from([3, 0, 2])])
  const id = Buffer.concat([Buffer.from('Id'), Buffer.from([0, 0, 14, 1])])
  const name = Buffer.concat([
    Buffer.from([8, 0, 4]),
    Buffer.from('Name'),
    Buffer.from([0, text.length]),
    text,
  ])
  return gzipSync(Buffer.concat([Buffer.from([10, 0, 0]), compound, id, name, Buffer.from([0])]))
}

describe('a container made by hand', () => {
  test('is adopted as it is, verified and Online, and nothing about it is changed', async () => {
    const kit = openAdoptionKit()
    const port = kit.spare()
    const rconPort = kit.spare()
    const id = await kit.byHand({
      ...{ port, rconPort, memoryBytes: 3 * 1024 ** 3 },
      env: { RCON_PASSWORD: 'FromTheEnvironment1', MEMORY: '2G', SEED: '42', TYPE: 'paper' },
      labels: { 'com.docker.compose.project': 'games' },
    })
    const before = structuredClone(kit.container('mc').state)
    expect(await kit.found.preview(id)).toMatchObject({
      ...{ containerId: id, name: 'mc', type: 'PAPER', version: '1.20.4', memory: 2, port, rconPort },
      ...{ passwordFound: true, mount: { type: 'volume', source: 'mc-data' }, composeProject: 'games' },
      running: true,
    })
    const { id: serverId } = await kit.found.adopt(id, 'By hand', 'test')
    const server = await kit.until(serverId, 'online')
    expect(server).toMatchObject({
      ...{ name: 'By hand', port, rconPort, adopted: true, composeProject: 'games', memory: 2 },
      ...{ containerName: 'mc', volumeName: 'mc-data', environment: { SEED: '42' }, newWorld: false },
      ...{ addressFinal: true, drift: [], restartNeeded: false },
    })
    expect(kit.rconPassword(serverId)).toBe('FromTheEnvironment1')
    expect(kit.row(serverId)).toMatchObject({
      containerId: id,
      rconVia: 'port',
      adopted: 1,
      mountType: 'volume',
    })
    await kit.reconciler.reconcile()
    expect(kit.changes()).toEqual([])
    expect(kit.container('mc').state).toEqual(before)
    expect((await kit.found.list()).containers).toEqual([])
  })

  test('without a published RCON port is asked inside, and gets a port of the pool for later', async () => {
    const kit = openAdoptionKit()
    const id = await kit.byHand({
      files: { '.rcon-cli.env': 'password=MadeByTheImage\n', 'server.properties': '' },
    })
    const asked: string[] = []
    kit.engine.onExec = (name, command) => {
      asked.push(`${name} ${command.join(' ')}`)
      return { exitCode: 0, output: 'There are 0 of a max of 20 players online' }
    }
    const { id: serverId } = await kit.found.adopt(id, undefined, 'test')
    const server = await kit.until(serverId, 'online')
    expect(asked).toEqual(['mc rcon-cli list'])
    expect(kit.row(serverId).rconVia).toBe('exec')
    expect(server.rconPort).toBe(kit.first + 10)
    expect(kit.rconPassword(serverId)).toBe('MadeByTheImage')
    expect(kit.changes()).toEqual(['exec mc rcon-cli list'])
  })

  test('is not Online while the client in its container is refused', async () => {
    const kit = openAdoptionKit()
    const id = await kit.byHand()
    let exitCode = 1
    kit.engine.onExec = () => ({ exitCode, output: 'Failed to authenticate' })
    const { id: serverId } = await kit.found.adopt(id, undefined, 'test')
    await new Promise((resolve) => setTimeout(resolve, 300))
    expect(kit.servers.get(serverId).status).toBe('starting')
    exitCode = 0
    await kit.until(serverId, 'online')
  })

  test('with RCON off is only pinged; so is one without the client', async () => {
    const kit = openAdoptionKit()
    kit.engine.onExec = (name) => ({ exitCode: name === 'off' ? 1 : 127, output: '' })
    const off = await kit.byHand({ name: 'off', env: { ENABLE_RCON: 'false' } })
    const bare = await kit.byHand({ name: 'bare' })
    expect((await kit.found.preview(off)).notes.join()).toContain('RCON is off')
    for (const id of [off, bare]) await kit.until((await kit.found.adopt(id, undefined, 'test')).id, 'online')
  })

  test('that is stopped stays stopped, and Start keeps it as it is', async () => {
    const kit = openAdoptionKit()
    const id = await kit.byHand({ running: false, rconPort: kit.spare(), ...withPassword })
    const { id: serverId, status } = await kit.found.adopt(id, undefined, 'test')
    expect(status).toBe('stopped')
    expect(kit.servers.get(serverId).drift).toEqual([])
    kit.engine.images.clear()
    kit.servers.start(serverId, 'test')
    await kit.until(serverId, 'online')
    expect(kit.changes()).toEqual(['startContainer mc'])
    await kit.servers.stop(serverId, 'test')
    await kit.servers.start(serverId, 'test')
    await kit.until(serverId, 'online')
    expect(kit.changes()).toEqual(['startContainer mc', 'stopContainer mc', 'startContainer mc'])
    expect(kit.container('mc').state.restartPolicy).toBe('no')
  })

  const wheres: [string, ByHand['env'], ByHand['files'], string][] = [
    [
      'a file that RCON_PASSWORD_FILE names',
      { RCON_PASSWORD_FILE: '/data/secret' },
      { secret: 'InAFile\n' },
      'InAFile',
    ],
    [
      'RCON_PASSWORD',
      { RCON_PASSWORD: 'InTheEnvironment' },
      { '.rcon-cli.env': 'password=Older' },
      'InTheEnvironment',
    ],
    ['.rcon-cli.env', {}, { '.rcon-cli.env': 'x=1\npassword=ByTheImage\n' }, 'ByTheImage'],
    ['server.properties', {}, { 'server.properties': '#x\nrcon.password=Pa\\:ss\\=word\r\n' }, 'Pa:ss=word'],
  ]
  test.each(wheres)('its password is read from %s', async (_where, env, files, password) => {
    const kit = openAdoptionKit()
    const id = await kit.byHand({
      rconPort: kit.spare(),
      password,
      ...(env && { env }),
      ...(files && { files }),
    })
    const { id: serverId } = await kit.found.adopt(id, undefined, 'test')
    await kit.until(serverId, 'online')
    expect(kit.rconPassword(serverId)).toBe(password)
    expect(kit.changes()).toEqual([])
  })

  test('in a folder of the host keeps it', async () => {
    const kit = openAdoptionKit()
    const id = await kit.byHand({ mount: { type: 'bind', source: '/srv/mc' } })
    const { id: serverId } = await kit.found.adopt(id, undefined, 'test')
    expect(kit.row(serverId)).toMatchObject({ mountType: 'bind', volumeName: '/srv/mc' })
  })

  test('without a world has none, and one that never said yes to the EULA is asked', async () => {
    const kit = openAdoptionKit()
    const id = await kit.byHand({ env: { EULA: '' }, files: {}, running: false })
    const server = await kit.found.adopt(id, undefined, 'test')
    expect(server).toMatchObject({ newWorld: true, addressFinal: false })
    expect(await failureOf(() => kit.servers.start(server.id, 'test'))).toMatchObject({
      code: 'EULA_REQUIRED',
    })
    expect(kit.changes()).toEqual([])
  })

  test('whose version is LATEST is known by its world', async () => {
    const kit = openAdoptionKit()
    const files = { 'server.properties': 'level-name=realm', 'realm/level.dat': levelDat('1.21.4') }
    const id = await kit.byHand({ env: { VERSION: 'LATEST' }, files })
    const server = await kit.found.adopt(id, undefined, 'test')
    expect(server).toMatchObject({ version: 'LATEST', resolvedVersion: '1.21.4' })
  })
})

describe('what stands in the way', () => {
  const refused: [string, ByHand, (kit: ReturnType<typeof openAdoptionKit>) => void, RegExp][] = [
    ['no published game port', { port: null }, () => {}, /no fixed port/],
    [
      "the host's network",
      {},
      (kit) => Object.assign(kit.container('mc').state, { hostNetwork: true }),
      /network/,
    ],
    ['no mount', {}, (kit) => Object.assign(kit.container('mc').state, { mounts: [] }), /container itself/],
    ['--rm', {}, (kit) => Object.assign(kit.container('mc').state, { autoRemove: true }), /removes itself/],
  ]
  test.each(refused)('%s', async (_what, by, change, text) => {
    const kit = openAdoptionKit()
    const id = await kit.byHand(by)
    change(kit)
    const { containers } = await kit.found.list()
    expect(containers).toMatchObject([{ id, kind: 'other', refusal: expect.stringMatching(text) }])
    for (const ask of [() => kit.found.preview(id), () => kit.found.adopt(id, undefined, 'test')])
      expect(await failureOf(ask)).toMatchObject({
        code: 'NOT_ADOPTABLE',
        message: expect.stringMatching(text),
      })
    expect(kit.servers.list()).toEqual([])
  })

  test('a port of a server, also of one in the bin', async () => {
    const kit = openAdoptionKit()
    const { id: ours, port } = await kit.online()
    await kit.servers.stop(ours, 'test')
    const id = await kit.byHand({ port, running: false })
    expect(await failureOf(() => kit.found.adopt(id, undefined, 'test'))).toMatchObject({
      code: 'NOT_ADOPTABLE',
      message: `Port ${port} belongs to My server.`,
    })
    await kit.bin.remove(ours, 'test')
    expect((await kit.found.list()).containers[0]?.refusal).toBe(
      `Port ${port} belongs to My server, which is in the bin.`,
    )
  })

  test('a world that is a server’s', async () => {
    const kit = openAdoptionKit()
    const first = await kit.byHand({ mount: { type: 'bind', source: '/srv/mc' } })
    const second = await kit.byHand({
      name: 'mc2',
      mount: { type: 'bind', source: '/srv/mc' },
      running: false,
    })
    expect((await kit.found.list()).containers.map(({ refusal }) => refusal)).toEqual([null, null])
    await kit.found.adopt(first, undefined, 'test')
    expect(await failureOf(() => kit.found.adopt(second, undefined, 'test'))).toMatchObject({
      code: 'NOT_ADOPTABLE',
      message: 'Its world is that of mc, whose container is mc.',
    })
  })

  test('a name that is taken: another is proposed', async () => {
    const kit = openAdoptionKit()
    await kit.create({ name: 'MC' })
    const id = await kit.byHand()
    expect((await kit.found.preview(id)).name).toBe('mc 2')
    expect(await failureOf(() => kit.found.adopt(id, 'mc', 'test'))).toMatchObject({ code: 'NAME_TAKEN' })
    expect((await kit.found.adopt(id, undefined, 'test')).name).toBe('mc 2')
  })

  test('asked twice at the same time it is adopted once', async () => {
    const kit = openAdoptionKit()
    const id = await kit.byHand()
    const asked = await Promise.allSettled([1, 2, 3].map((n) => kit.found.adopt(id, `Name ${n}`, 'test')))
    expect(asked.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    expect(kit.servers.list()).toHaveLength(1)
  })
})

test('the port that it blocked becomes its own, and the pool gives it to nobody', async () => {
  const kit = openAdoptionKit()
  const port = kit.first + 3
  const id = await kit.byHand({ port })
  await kit.pool.checkAll('local', 'game')
  const { id: serverId } = await kit.found.adopt(id, undefined, 'test')
  const rows = kit.database.prepare('SELECT * FROM ports WHERE port = ?').all(port)
  expect(rows).toMatchObject([{ purpose: 'game', server_id: serverId, blocked_since: null }])
  await kit.pool.checkAll('local', 'game')
  await kit.pool.recheckBlocked('local')
  expect(kit.database.prepare('SELECT * FROM ports WHERE port = ?').all(port)).toMatchObject([
    { server_id: serverId },
  ])
  expect(kit.probe.trespasses).toEqual([])
})

test('RCON on a port of the game’s pool is recorded for what it is, and goes back to its pool', async () => {
  const kit = openAdoptionKit()
  const rconPort = kit.first + 4
  const id = await kit.byHand({ rconPort, ...withPassword })
  const { id: serverId } = await kit.found.adopt(id, undefined, 'test')
  const row = () => kit.database.prepare('SELECT purpose, server_id FROM ports WHERE port = ?').get(rconPort)
  expect(row()).toEqual({ purpose: 'rcon', server_id: serverId })
  await kit.bin.remove(serverId, 'test')
  await kit.bin.purge(serverId, 'mc', 'test')
  expect(row()).toEqual({ purpose: 'game', server_id: null })
  // Its world was never ours.
  expect(kit.engine.volumes.has('mc-data')).toBe(true)
})
