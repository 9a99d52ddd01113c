import type { PortBinding } from './types.ts'

/** HostConfig.PortBindings: "25565/tcp" to the places it is published at; HostPort may be a range, or empty. */
export type RawBindings = Record<string, { HostIp?: string; HostPort?: string }[] | null>

/** "25565/tcp" */
export function portKey(port: Pick<PortBinding, 'containerPort' | 'protocol'>): string {
  return `${port.containerPort}/${port.protocol}`
}

/** As the engine wants them; `bindingsOf` reads them back. */
export function rawBindings(ports: readonly PortBinding[]): RawBindings {
  const raw: RawBindings = {}
  for (const port of ports) {
    const place = { HostIp: port.hostIp, HostPort: String(port.hostPort) }
    raw[portKey(port)] = [...(raw[portKey(port)] ?? []), place]
  }
  return raw
}

/** The bindings that name one host port. */
export function bindingsOf(raw: RawBindings | null | undefined): PortBinding[] {
  return entriesOf(raw).flatMap(({ containerPort, protocol, hostIp, range }) =>
    range !== null && range.first === range.last
      ? [{ containerPort, protocol, hostIp, hostPort: range.first }]
      : [],
  )
}

/**
 * The host ports that a container takes.
 *
 * @param raw its bindings: what it asks for whenever it starts
 * @param published what it has now, while it runs: one of each range, and those the engine picked
 * @param running with a range: while it runs it holds what is published, else it may take any of them
 */
export function hostPortsOf(
  raw: RawBindings | null,
  published: readonly number[],
  running: boolean,
): number[] {
  const ports = new Set(published)
  for (const { range } of entriesOf(raw)) {
    if (range === null) continue
    if (range.first !== range.last && running && published.length > 0) continue
    for (let port = range.first; port <= range.last; port += 1) ports.add(port)
  }
  return [...ports].sort((a, b) => a - b)
}

interface Entry {
  containerPort: number
  protocol: 'tcp' | 'udp'
  hostIp: string
  /** Null where the engine picks any port at the start. */
  range: { first: number; last: number } | null
}

function entriesOf(raw: RawBindings | null | undefined): Entry[] {
  return Object.entries(raw ?? {}).flatMap(([key, places]) => {
    const [port, protocol] = key.split('/')
    return (places ?? []).map(({ HostIp, HostPort }) => ({
      containerPort: Number(port),
      protocol: protocol === 'udp' ? 'udp' : 'tcp',
      hostIp: HostIp ?? '',
      range: rangeOf(HostPort ?? ''),
    }))
  })
}

function rangeOf(text: string): Entry['range'] {
  const match = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(text.trim())
  const first = Number(match?.[1] ?? 0)
  const last = Number(match?.[2] ?? first)
  return first >= 1 && last >= first && last <= 65535 ? { first, last } : null
}
