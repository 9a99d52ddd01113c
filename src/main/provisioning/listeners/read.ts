import { darwinListeners } from './darwin.ts'
import { linuxListeners } from './linux.ts'
import type { Listener, ListenerReader } from './types.ts'
import { windowsListeners } from './windows.ts'

/** Where no reader is known the table is empty, and the bind check alone decides. */
const silent: ListenerReader = { read: async () => [], resolveOwners: async (listeners) => [...listeners] }

function readerFor(platform: NodeJS.Platform): ListenerReader {
  if (platform === 'linux') return linuxListeners
  if (platform === 'darwin') return darwinListeners
  if (platform === 'win32') return windowsListeners
  return silent
}

/**
 * The system's own table of listeners: TCP that listens, UDP that is bound, on every address of this machine.
 * @returns the table; empty, never an error, where the system can't be asked. Owners may still be missing.
 */
export function readListeners(): Promise<Listener[]> {
  return readerFor(process.platform).read()
}

/**
 * Finds the owners of listeners: on Linux a walk over all processes, so it is asked only when a port is held.
 * @returns the same listeners in the same order, with pid and name where the system tells
 */
export function resolveOwners(listeners: readonly Listener[]): Promise<Listener[]> {
  return readerFor(process.platform).resolveOwners(listeners)
}
