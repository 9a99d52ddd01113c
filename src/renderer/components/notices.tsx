import { Notifications, notifications } from '@mantine/notifications'
import { useEffect, useRef } from 'react'
import { Link, useLocation } from 'wouter'
import type { Server, ServerStatus } from '../../shared/model.ts'
import { type State, useCore } from '../store/store.ts'
import { takeLostFocus } from './lost-focus.ts'

const told: Partial<Record<ServerStatus, (server: Server) => string>> = {
  online: ({ name }) => `${name} is Online`,
  failed: ({ name }) => `${name} failed`,
}

/** Servers that were known a moment ago. */
function gone(state: State, before: State): Server[] {
  return Object.values(before.servers ?? {}).filter(({ id }) => !state.servers?.[id])
}

const goneNotice = (id: string) => `gone-${id}`

/** Says where a server went. Only after a time without the core may it have left the bin, too. */
function tellGone({ id, name }: Server, state: State, here: string): void {
  const inBin = state.connection === 'live' || state.bin?.some((entry) => entry.id === id)
  // There it is.
  if (inBin && here === '/bin') return
  notifications.show({
    id: goneNotice(id),
    message: inBin ? (
      <>
        {name} is in <Link href="/bin">the bin</Link>.
      </>
    ) : (
      `${name} was deleted for good.`
    ),
    color: 'gray',
    withBorder: true,
  })
}

/** Tells what happened to a server while another page was open, and leads away from one that is gone. */
export function Notices() {
  const { store } = useCore()
  const [location, go] = useLocation()
  const here = useRef(location)
  here.current = location
  useEffect(
    () =>
      store.subscribe((state, before) => {
        if (!state.servers || !before.servers || state.servers === before.servers) return
        for (const server of gone(state, before)) {
          tellGone(server, state, here.current)
          if (here.current === `/servers/${server.id}`) go('/')
          else takeLostFocus()
        }
        for (const server of Object.values(state.servers)) {
          const earlier = before.servers[server.id]
          const words = told[server.status]
          const page = `/servers/${server.id}`
          if (!earlier || !words || earlier.status === server.status || here.current === page) continue
          if (here.current === '/' || here.current === '/servers') continue
          notifications.show({
            message: words(server),
            color: server.status === 'failed' ? 'red' : 'teal',
            onClick: () => go(page),
            withBorder: true,
          })
        }
      }),
    [store, go],
  )
  useEffect(() => {
    // Whoever is in the bin sees it; nothing lies over its buttons.
    if (location !== '/bin') return
    for (const { id } of store.getState().bin ?? []) notifications.hide(goneNotice(id))
  }, [store, location])
  return <Notifications position="bottom-right" autoClose={6000} transitionDuration={140} />
}
