/** A daily backup whose file is in its place. */
export interface Daily {
  id: string
  serverId: string
  /** Of its file. */
  bytes: number
}

export interface RetentionLimits {
  /** Of each server. */
  keep: number
  /** Of all servers together. */
  keepBytes: number
}

/**
 * Which daily backups are too many: of each server the oldest beyond the number that is kept, then of all the oldest
 * until the rest fits. The newest of each server always stays. Old is what was made earlier, whatever the clock said.
 *
 * @param dailies in the order in which they were made, the oldest first; none of a deleted server
 */
export function tooMany(dailies: readonly Daily[], { keep, keepBytes }: RetentionLimits): Daily[] {
  const gone = new Set<Daily>()
  const newest = new Set<Daily>()
  const count = new Map<string, number>()
  for (const daily of [...dailies].reverse()) {
    const before = count.get(daily.serverId) ?? 0
    count.set(daily.serverId, before + 1)
    if (before === 0) newest.add(daily)
    else if (before >= keep) gone.add(daily)
  }
  let bytes = 0
  for (const daily of dailies) if (!gone.has(daily)) bytes += daily.bytes
  for (const daily of dailies) {
    if (bytes <= keepBytes) break
    if (gone.has(daily) || newest.has(daily)) continue
    gone.add(daily)
    bytes -= daily.bytes
  }
  return dailies.filter((daily) => gone.has(daily))
}
