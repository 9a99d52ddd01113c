import type { ServerType } from '../../shared/fields.ts'

/** How people write the server types. */
export const typeNames: Record<ServerType, string> = {
  VANILLA: 'Vanilla',
  PAPER: 'Paper',
  PURPUR: 'Purpur',
  FOLIA: 'Folia',
  FABRIC: 'Fabric',
  QUILT: 'Quilt',
  FORGE: 'Forge',
  NEOFORGE: 'NeoForge',
  SPIGOT: 'Spigot',
  BUKKIT: 'Bukkit',
  PUFFERFISH: 'Pufferfish',
  LEAF: 'Leaf',
  MOHIST: 'Mohist',
  ARCLIGHT: 'Arclight',
  SPONGEVANILLA: 'SpongeVanilla',
  NANOLIMBO: 'NanoLimbo',
  CUSTOM: 'Custom',
  MODRINTH: 'Modrinth',
  AUTO_CURSEFORGE: 'CurseForge',
  FTBA: 'FTB',
  GTNH: 'GT New Horizons',
}

const locale = 'en-GB'
const minute = 60_000
const hour = 60 * minute
const day = 24 * hour

const exact = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'medium' })
const date = new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short', year: 'numeric' })
const dayOfYear = new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short' })
const moment = new Intl.DateTimeFormat(locale, {
  day: 'numeric',
  month: 'short',
  hour: '2-digit',
  minute: '2-digit',
})
const clock = new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit', second: '2-digit' })

/** Bytes in the unit a person would choose, 1 GB = 1024 MB: "312 MB", "1.4 GB". */
export function formatBytes(bytes: number): string {
  const units = ['B', 'KB', 'MB', 'GB', 'TB']
  let value = bytes
  let unit = 0
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1024
    unit += 1
  }
  const digits = unit >= 2 && value < 10 ? 1 : 0
  return `${trimZero(value.toFixed(digits))} ${units[unit]}`
}

/** Gigabytes with at most one decimal: "2 GB", "0.5 GB". */
export const formatGigabytes = (gigabytes: number): string => `${trimZero(gigabytes.toFixed(1))} GB`

const trimZero = (text: string): string => text.replace(/\.0$/, '')

/** Milliseconds as a length of time: "0.4 s", "48 s", "1 min 12 s", "2 h 5 min". */
export function formatDuration(milliseconds: number): string {
  const length = Math.max(0, milliseconds)
  if (length < 50) return '<0.1 s'
  if (length < 9_950) return `${trimZero((length / 1000).toFixed(1))} s`
  const seconds = Math.round(length / 1000)
  if (seconds < 60) return `${seconds} s`
  const minutes = Math.floor(seconds / 60)
  if (minutes < 60) return seconds % 60 ? `${minutes} min ${seconds % 60} s` : `${minutes} min`
  const rest = minutes % 60
  return rest ? `${Math.floor(minutes / 60)} h ${rest} min` : `${Math.floor(minutes / 60)} h`
}

/** A moment seen from `now`: "just now", "5 min ago", "3 h ago", "2 days ago", then the date, its year where it differs. */
export function formatAgo(at: number, now: number): string {
  const age = now - at
  if (age < minute) return 'just now'
  if (age < hour) return `${Math.floor(age / minute)} min ago`
  if (age < day) return `${Math.floor(age / hour)} h ago`
  const days = Math.floor(age / day)
  if (days === 1) return 'yesterday'
  if (days < 14) return `${days} days ago`
  const thisYear = new Date(at).getFullYear() === new Date(now).getFullYear()
  return (thisYear ? dayOfYear : date).format(at)
}

/** Date and time to the second. */
export const formatExact = (at: number): string => exact.format(at)

/** A moment of these days to the minute: "1 Dec, 12:44". */
export const formatMoment = (at: number): string => moment.format(at)

/** The time of day to the second. */
export const formatClock = (at: number): string => clock.format(at)

/** The day of a moment as a heading: "Today", "Yesterday" or the date. */
export function formatDay(at: number, now: number): string {
  const name = date.format(at)
  if (name === date.format(now)) return 'Today'
  return name === date.format(now - day) ? 'Yesterday' : name
}

/** "1 server", "3 servers". */
export const plural = (count: number, one: string, many = `${one}s`): string =>
  `${count} ${count === 1 ? one : many}`
