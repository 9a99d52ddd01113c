import { notifications } from '@mantine/notifications'
import { useLocation } from 'wouter'
import type { BinEntry } from '../../../shared/bin.ts'
import { formatAddress } from '../../../shared/describe.ts'
import type { Server } from '../../../shared/model.ts'
import { useApp, useClient } from '../../store/store.ts'

/** What players must be told when the server came back on another port than the bin showed; else null. */
export function newPortWords(entry: BinEntry, server: Server): string | null {
  if (server.port === entry.port) return null
  const address = formatAddress(server.ipAddress, server.port)
  return `${server.name} got port ${server.port}: its old one, ${entry.port}, is not free any more. Its address is now ${address}.`
}

/** Takes a server out of the bin, under another name if one is given, and goes to its page. */
export function useRestore(entry: BinEntry): (name?: string) => Promise<void> {
  const client = useClient()
  const putServer = useApp((state) => state.putServer)
  const [, go] = useLocation()
  return async (name) => {
    const server = await client.bin.restore({ id: entry.id, ...(name === undefined ? {} : { name }) })
    putServer(server)
    go(`/servers/${server.id}`)
    const message = newPortWords(entry, server)
    // Stays until it is read: players need the new address.
    if (message) notifications.show({ message, autoClose: false, withBorder: true })
  }
}
