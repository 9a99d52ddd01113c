import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { basename } from 'node:path'
import { setImmediate } from 'node:timers/promises'

interface Owner {
  pid: number
  name: string | null
}

/**
 * Which process holds each socket, by the links in /proc/PID/fd. The lowest pid wins: a socket shared with
 * forked workers belongs to the process that opened it. Sockets of other users' processes stay unknown.
 */
export async function findOwners(inodes: ReadonlySet<number>): Promise<Map<number, Owner>> {
  const owners = new Map<number, Owner>()
  if (inodes.size === 0) return owners
  for (const pid of processIds()) {
    if (owners.size === inodes.size) break
    const held = socketsOf(pid).filter((inode) => inodes.has(inode) && !owners.has(inode))
    if (held.length > 0) {
      const owner = { pid, name: processName(pid) }
      for (const inode of held) owners.set(inode, owner)
    }
    // Links are read in one go per process (a few µs each), with other work let in between processes.
    await setImmediate()
  }
  return owners
}

function processIds(): number[] {
  const names = attempt(() => readdirSync('/proc')) ?? []
  return names.flatMap((name) => (/^\d+$/.test(name) ? [Number(name)] : [])).sort((a, b) => a - b)
}

function socketsOf(pid: number): number[] {
  const folder = `/proc/${pid}/fd`
  const descriptors = attempt(() => readdirSync(folder)) ?? []
  return descriptors.flatMap((descriptor) => {
    const link = attempt(() => readlinkSync(`${folder}/${descriptor}`))
    const inode = link && /^socket:\[(\d+)\]$/.exec(link)?.[1]
    return inode ? [Number(inode)] : []
  })
}

/** A thread's name is no program's name: Node 24 calls its main thread `MainThread`. */
const threadNames = new Set(['MainThread'])

function processName(pid: number): string | null {
  const comm = attempt(() => readFileSync(`/proc/${pid}/comm`, 'utf8').trim())
  if (!comm) return null
  if (!threadNames.has(comm)) return comm
  const program = attempt(() => readlinkSync(`/proc/${pid}/exe`))?.replace(/ \(deleted\)$/, '')
  return program ? basename(program) : comm
}

/** Processes end while we look, and those of other users may not be looked at: both are no answer. */
function attempt<T>(read: () => T): T | undefined {
  try {
    return read()
  } catch {
    return undefined
  }
}
