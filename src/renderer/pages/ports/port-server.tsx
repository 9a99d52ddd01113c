import { Link } from 'wouter'
import type { Port } from '../../../shared/ports.ts'

/** The server that a port is reserved for, and the way to it: its page, or the bin. */
export function PortServer({ server }: { server: NonNullable<Port['server']> }) {
  if (server.inBin) return <Link href="/bin">{server.name} (in the bin)</Link>
  return <Link href={`/servers/${server.id}`}>{server.name}</Link>
}
