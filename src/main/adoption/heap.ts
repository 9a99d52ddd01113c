import { freeHeapMb } from '../provisioning/capacity.ts'

const MB = 1024 * 1024
/** The image's default without a word about memory. */
const DEFAULT_MB = 1024
/** What the JVM takes of the memory it sees, unless it is told (-XX:MaxRAMPercentage). */
const JVM_SHARE = 0.25
const units: Record<string, number> = { '': 1, k: 1024, m: MB, g: 1024 * MB }

export interface HeapSource {
  env: Record<string, string>
  /** The container's limit in bytes; 0 for none. */
  limitBytes: number
  /** The engine's memory in bytes; null while unknown. */
  totalBytes: number | null
}

/**
 * The Java heap of a container made by somebody else: MAX_MEMORY or MEMORY (g, m, k, bytes, or a part of the memory
 * that it sees), else what its limit leaves after the overhead, else 1 GB.
 *
 * @returns whole MB, 1 at least
 */
export function heapOf({ env, limitBytes, totalBytes }: HeapSource): number {
  const seen = limitBytes > 0 ? limitBytes : (totalBytes ?? 0)
  const said = env.MAX_MEMORY?.trim() || env.MEMORY?.trim()
  const bytes = said === undefined ? null : said === '' ? seen * JVM_SHARE : parseHeap(said, seen)
  if (bytes !== null && bytes >= 1) return Math.max(1, Math.round(bytes / MB))
  return (limitBytes > 0 && freeHeapMb(limitBytes, [])) || DEFAULT_MB
}

/**
 * @param seen bytes that a percentage is of; 0 while unknown
 * @returns bytes; null for what is no amount of memory
 */
export function parseHeap(text: string, seen: number): number | null {
  const match = /^(\d{1,15})\s*([gmk%]?)b?$/i.exec(text.trim())
  if (!match) return null
  const amount = Number(match[1])
  const unit = (match[2] ?? '').toLowerCase()
  if (unit === '%') return seen > 0 && amount >= 1 && amount <= 100 ? (seen * amount) / 100 : null
  return amount * (units[unit] ?? 1)
}
