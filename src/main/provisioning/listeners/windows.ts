import { join } from 'node:path'
import { plainAddress } from './address.ts'
import { runTool } from './run-tool.ts'
import type { Listener, ListenerReader } from './types.ts'

/**
 * The output of `netstat -ano`. The word for LISTENING follows the language of Windows, so a listener is told
 * by its foreign port 0.
 */
export function parseWindowsNetstat(text: string): Listener[] {
  return text.split(/\r?\n/).flatMap((line): Listener[] => {
    const fields = line.trim().split(/\s+/)
    const protocol = fields[0] === 'TCP' ? 'tcp' : fields[0] === 'UDP' ? 'udp' : null
    const local = /^(.+):(\d+)$/.exec(fields[1] ?? '')
    const port = Number(local?.[2])
    const pid = Number(fields.at(-1))
    if (!protocol || !local?.[1] || !port || !Number.isInteger(pid)) return []
    if (protocol === 'tcp' && !/:0$/.test(fields[2] ?? '')) return []
    const address = plainAddress(local[1], local[1].startsWith('[') ? 6 : 4)
    return [{ protocol, address, port, pid, name: null }]
  })
}

/** The output of `tasklist /fo csv /nh`: program names by pid, without the `.exe`. */
export function parseTasklist(text: string): Map<number, string> {
  const names = new Map<number, string>()
  for (const line of text.split(/\r?\n/)) {
    const [, name, pid] = /^"([^"]+)","(\d+)"/.exec(line) ?? []
    if (name && pid) names.set(Number(pid), name.replace(/\.exe$/i, ''))
  }
  return names
}

const tool = (name: string) => join(process.env.SystemRoot ?? 'C:\\Windows', 'System32', name)

export const windowsListeners: ListenerReader = {
  async read() {
    return parseWindowsNetstat(await runTool(tool('netstat.exe'), ['-ano']))
  },

  async resolveOwners(listeners) {
    const names = parseTasklist(await runTool(tool('tasklist.exe'), ['/fo', 'csv', '/nh']))
    return listeners.map((listener) => ({ ...listener, name: names.get(listener.pid ?? -1) ?? null }))
  },
}
