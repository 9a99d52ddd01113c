import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { checkPing, checkRcon } from '../../support/checker.ts'
import type { Memory } from '../record.ts'
import { readDatabase, type SeenServer, unseal } from './database.ts'
import type { Docker } from './docker.ts'
import { judge, type Seen, type Violation } from './judge.ts'
import { listeningPorts } from './sockets.ts'

const MARKER = 'harness-marker'

export interface CheckerOptions {
  docker: Docker
  dataDir: string
  /** An address of the machine that is not loopback, for pings. */
  address: string
}

/** Reads everything once. @throws Error when something can't be read */
async function look({ docker, dataDir }: CheckerOptions): Promise<Seen> {
  const database = readDatabase(dataDir)
  const label = `org.lightnode.installation=${database.installationId}`
  const containers = await docker.containers(label)
  const mine = new Set(containers.map(({ id }) => id))
  const others = database.servers.flatMap(({ container_id }) =>
    container_id !== null && /^[0-9a-f]{64}$/.test(container_id) && !mine.has(container_id)
      ? [container_id]
      : [],
  )
  const adopted = (await Promise.all(others.map((id) => docker.container(id)))).filter((one) => one !== null)
  const folder = join(dataDir, 'worlds')
  return {
    ...{ dataDir, database, containers, adopted },
    volumes: await docker.volumes(label),
    listening: listeningPorts(),
    worldFiles: filesUnder(folder),
  }
}

function filesUnder(folder: string): string[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
}

/** One check of everything: what is read, then what games answer. */
export async function check(
  options: CheckerOptions,
  memory: Memory,
): Promise<{ seen: Seen; violations: Violation[] }> {
  const seen = await look(options)
  const violations = judge(seen, memory)
  if (violations.length === 0) {
    const running = seen.database.servers.filter((row) => row.deleted_at === null && row.status === 'online')
    violations.push(...(await Promise.all(running.map((row) => play(options, seen, row)))).flat())
    for (const known of memory.servers.values()) {
      violations.push(...judgeWorld(seen, known.id, known.worlds))
      for (const [volume, text] of known.copies) violations.push(...judgeCopy(seen, volume, text))
    }
  }
  return { seen, violations }
}

/** As a player and as an administrator: the address answers, and RCON takes the password of the row. */
async function play({ address, dataDir }: CheckerOptions, seen: Seen, row: SeenServer): Promise<Violation[]> {
  const port = (purpose: string) =>
    seen.database.ports.find((one) => one.server_id === row.id && one.purpose === purpose)?.port ?? 0
  try {
    await checkPing(`${address}:${port('game')}`)
  } catch (error) {
    return [{ kind: 'untrue state', text: `${row.name} is online and does not answer: ${error}` }]
  }
  const password = unseal(dataDir, row.next_rcon_password ?? row.rcon_password, `server/${row.id}/rcon`)
  try {
    await checkRcon('127.0.0.1', port('rcon'), password, 'list')
  } catch (error) {
    return [{ kind: 'lost credential', text: `RCON of ${row.name} does not take its password: ${error}` }]
  }
  return []
}

function judgeWorld(seen: Seen, id: string, worlds: Set<string>): Violation[] {
  const row = seen.database.servers.find((server) => server.id === id)
  if (!row || worlds.size === 0) return []
  const found = readMarker(seen, row.volume_name)
  if (found !== null && worlds.has(found)) return []
  return [
    { kind: 'lost world', text: `the world of ${row.name} holds ${found}, not ${[...worlds].join(' or ')}` },
  ]
}

/** An earlier world that is still there is what it was. */
function judgeCopy(seen: Seen, volume: string, text: string): Violation[] {
  if (!seen.database.copies.some(({ volume_name }) => volume_name === volume)) return []
  const found = readMarker(seen, volume)
  if ((found ?? '') === text) return []
  return [{ kind: 'lost world', text: `the earlier world ${volume} holds ${found}, not ${text}` }]
}

/** The harness's own mark in a world; null when there is none. */
export function readMarker(seen: Seen, volume: string): string | null {
  const file = markerFile(seen, volume)
  return file && existsSync(file) ? readFileSync(file, 'utf8') : null
}

/** @returns false where the volume can't be written to */
export function writeMarker(seen: Seen, volume: string, text: string): boolean {
  const file = markerFile(seen, volume)
  if (file) writeFileSync(file, text)
  return file !== null
}

/** Through the volume itself: the harness runs on the engine's machine, as root. */
function markerFile(seen: Seen, volume: string): string | null {
  const found = seen.volumes.find(({ name }) => name === volume)
  return found && existsSync(found.mountpoint) ? join(found.mountpoint, MARKER) : null
}
