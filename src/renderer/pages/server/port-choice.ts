import type { Server } from '../../../shared/model.ts'

type PortRead = { input: { port?: number }; error: null } | { input: null; error: string }

export const isPortField = (name: unknown): name is 'port' => name === 'port'

/** @param given what was typed; null for the next free port */
export function readPort(given: number | string | null): PortRead {
  if (given === null) return { input: {}, error: null }
  const port = given === '' ? Number.NaN : Number(given)
  if (!Number.isInteger(port) || port < 1 || port > 65_535)
    return { input: null, error: 'A port is a number from 1 to 65535.' }
  return { input: { port }, error: null }
}

/** What the change will do to the server. */
export function portWords({ status }: Pick<Server, 'status'>): string {
  if (status === 'online' || status === 'starting')
    return 'Restarts the server: players are disconnected, the world is saved first.'
  return 'Starts the server on the new port.'
}
