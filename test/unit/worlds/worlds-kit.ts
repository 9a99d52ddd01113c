import { randomInt } from 'node:crypto'
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { findOpenTask } from '../../../src/main/database/tasks.ts'
import type { EngineInfo } from '../../../src/main/engine/types.ts'
import { HELPER_LABEL } from '../../../src/main/servers/labels.ts'
import type { Server } from '../../../src/shared/model.ts'
import type { WorldBackup } from '../../../src/shared/worlds.ts'
import { serverInput, startCore, type TestCore } from '../../support/core.ts'
import { engineInfo, fakeEngine, fakeWatch } from '../../support/fake-engine.ts'

let opened = randomInt(14)

/** Ports that no other test of another worker takes, below every system's ephemeral range. */
function nextPorts(): { gamePorts: Range; rconPorts: Range } {
  const worker = Number(process.env.VITEST_POOL_ID ?? 0) % 16
  const first = 20_000 + 300 * worker + 20 * (opened++ % 15)
  return { gamePorts: { first, last: first + 9 }, rconPorts: { first: first + 10, last: first + 19 } }
}

interface Range {
  first: number
  last: number
}

export const world = {
  'server.properties': 'motd=hello\nrcon.password=hunter2hunter2\nlevel-name=world\n',
  '.rcon-cli.env': 'password=hunter2hunter2\n',
  'world/level.dat': 'seed 42',
  'world/region/r.0.0.mca': 'a'.repeat(100_000),
}
/** What a backup carries of it. */
export const carried = {
  'server.properties': 'motd=hello\nrcon.password=\nlevel-name=world\n',
  'world/level.dat': 'seed 42',
  'world/region/r.0.0.mca': 'a'.repeat(100_000),
}

/** The whole core on a made-up engine, in a folder of its own, with one server that is online and has a world. */
export async function openWorldsKit({ info = {} as Partial<EngineInfo> } = {}) {
  const engine = fakeEngine(info)
  const watch = fakeWatch()
  const dataDir = mkdtempSync(join(tmpdir(), 'lightnode-worlds-'))
  const clock = { ahead: 0 }
  engine.images.add('game:1')
  const connect = () => watch.see({ engine, info: { ...engineInfo, ...info } })
  connect()
  const open = () => startCore({ watch, dataDir, image: 'game:1', now: () => Date.now() + clock.ahead })
  let running: TestCore = await open()
  onTestFinished(async () => {
    engine.before = () => {}
    await running.stop()
    engine.close()
    rmSync(dataDir, { recursive: true, force: true })
  })
  running.core.hosts.update({ id: 'local', ...nextPorts() })
  const { id } = await running.core.servers.create(
    serverInput({ name: 'My world', version: '1.20.4' }),
    'test',
  )
  await running.until(id, ({ status }) => status === 'online')
  setFiles(running.core.servers.get(id).volumeName, world)

  function setFiles(volume: string, files: Record<string, string>): void {
    engine.files(volume).clear()
    for (const [name, content] of Object.entries(files)) engine.files(volume).set(name, Buffer.from(content))
  }

  const kit = {
    ...{ engine, watch, dataDir, clock, connect, id, setFiles },
    get core() {
      return running.core
    },
    get database() {
      return running.database
    },
    get installationId() {
      return running.installationId
    },
    server: (serverId = id): Server => running.core.servers.get(serverId),
    until: (wanted: (server: Server) => boolean, serverId = id) => running.until(serverId, wanted, 15_000),
    /** Waits until nothing is being done to the server. @returns it */
    async idle(serverId = id): Promise<Server> {
      return running.until(serverId, () => findOpenTask(running.database, serverId) === null, 15_000)
    },
    /** Makes a backup as a person does. */
    async backUp(): Promise<WorldBackup> {
      await running.core.worlds.backUp(id, 'test')
      const { task } = await kit.idle()
      const [backup] = running.core.worlds.list(id)
      if (task?.problem || !backup) throw new Error(JSON.stringify(task?.problem))
      return backup
    },
    async stopGame(): Promise<void> {
      await running.core.servers.stop(id, 'test')
    },
    /** LightNode ends, whatever is under way, and starts again on what is left. */
    async restart(between: () => void = () => {}): Promise<void> {
      await running.stop()
      engine.before = () => {}
      between()
      running = await open()
    },
    volume: (name: string) =>
      Object.fromEntries([...engine.files(name)].map(([path, content]) => [path, content.toString()])),
    volumes: () => [...engine.volumes.keys()].sort(),
    helpers: () => [...engine.containers.values()].filter(({ spec }) => HELPER_LABEL in spec.labels).length,
    commands: () => engine.commands.map((line) => line.slice(line.indexOf(' ') + 1)),
    folder: join(dataDir, 'worlds'),
    /** Every file below the folder of backups. */
    files: () => filesBelow(join(dataDir, 'worlds')),
    /** The engine's answers to the method wait until they are let go. @returns resolves when it is asked */
    hang(wanted: string, subject = /./): { asked: Promise<void>; letGo(): void } {
      let letGo = () => {}
      let tell = () => {}
      const gate = new Promise<void>((resolve) => {
        letGo = resolve
      })
      const asked = new Promise<void>((resolve) => {
        tell = resolve
      })
      engine.before = (method, what) => {
        if (method !== wanted || !subject.test(what)) return
        tell()
        return gate
      }
      return {
        asked,
        letGo() {
          engine.before = () => {}
          letGo()
        },
      }
    },
    actions: () => running.core.activity.list(200, null).map(({ action }) => action),
  }
  return kit
}

export const online = ({ status }: { status: string }) => status === 'online'
export const ruined = { 'world/level.dat': 'ruined' }

/** A server that is online, with a backup of its world, and a world that was ruined since. */
export async function openRuined() {
  const kit = await openWorldsKit()
  const backup = await kit.backUp()
  const before = kit.server()
  kit.setFiles(before.volumeName, ruined)
  kit.engine.calls.splice(0)
  return { kit, backup, before }
}

export type WorldsKit = Awaited<ReturnType<typeof openWorldsKit>>

function filesBelow(folder: string): string[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name)
    return statSync(path).isDirectory() ? filesBelow(path) : [path]
  })
}
