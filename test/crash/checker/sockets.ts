import { readFileSync } from 'node:fs'

const LISTENING = '0A'

/**
 * TCP ports that something on this machine listens on, by the kernel's own table.
 *
 * @param pid of a process in another network namespace, to look there
 */
export function listeningPorts(pid: number | 'self' = 'self'): Set<number> {
  const ports = new Set<number>()
  for (const table of ['tcp', 'tcp6'])
    for (const line of readFileSync(`/proc/${pid}/net/${table}`, 'utf8').split('\n').slice(1)) {
      const [, local, , state] = line.trim().split(/\s+/)
      if (state === LISTENING) ports.add(Number.parseInt(local?.split(':')[1] ?? '', 16))
    }
  return ports
}
