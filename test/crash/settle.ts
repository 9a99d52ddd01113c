import { newKnown } from './asking.ts'
import { unseal } from './checker/database.ts'
import { placeOf, type Seen } from './checker/judge.ts'
import { readMarker, writeMarker } from './checker/look.ts'
import type { Memory } from './record.ts'

/** After a check that found all true: what may be one thing or another is now what was found. */
export function settle(memory: Memory, seen: Seen, fresh: () => string): void {
  const rows = new Map(seen.database.servers.map((row) => [row.id, row]))
  for (const row of rows.values()) {
    if (memory.servers.has(row.id)) continue
    const open = (sealed: string, purpose: string) =>
      unseal(seen.dataDir, sealed, `server/${row.id}/${purpose}`)
    const known = newKnown(
      row.id,
      row.name,
      open(row.rcon_password, 'rcon'),
      open(row.panel_password, 'panel'),
    )
    memory.servers.set(row.id, known)
  }
  memory.unanswered.clear()
  memory.together = []
  for (const known of memory.servers.values()) {
    const row = rows.get(known.id)
    if (!row) {
      memory.servers.delete(known.id)
      continue
    }
    const sealed = row.next_rcon_password ?? row.rcon_password
    known.places = new Set([placeOf(row)])
    known.names = new Set([row.name])
    known.eula = row.eula_accepted_at > 0
    known.adopted = row.adopted === 1
    known.passwords = new Set([unseal(seen.dataDir, sealed, `server/${row.id}/rcon`)])
    known.memoryMb = new Set([row.memory_mb])
    known.versions = new Set([row.version])
    const port = seen.database.ports.find((one) => one.server_id === row.id && one.purpose === 'game')
    known.ports = port ? new Set([port.port]) : null
    // What a backup holds is told from what comes after it.
    const saved = new Set([...memory.backups.values()].map(({ world }) => world))
    if (row.first_online_at !== null) markWorld(known, seen, row.volume_name, saved, fresh)
    known.copies = new Map()
    for (const copy of seen.database.copies)
      if (copy.server_id === row.id)
        known.copies.set(copy.volume_name, readMarker(seen, copy.volume_name) ?? '')
  }
}

function markWorld(
  known: { worlds: Set<string> },
  seen: Seen,
  volume: string,
  saved: ReadonlySet<string>,
  fresh: () => string,
): void {
  const there = readMarker(seen, volume)
  const keep = there !== null && !saved.has(there)
  const text = keep ? there : `world ${fresh()}`
  if (keep || writeMarker(seen, volume, text)) known.worlds = new Set([text])
}
