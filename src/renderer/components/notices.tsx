import { Notifications, notifications } from '@mantine/notifications'
import { useEffect, useRef } from 'react'
import { useLocation } from 'wouter'
import type { Server, ServerStatus } from '../../shared/model.ts'
import { useCore } from '../store/store.ts'

const told: Partial<Record<ServerStatus, (server: Server) => string>> = {
  online: ({ name }) => `${name} is Online`,
  failed: ({ name }) => `${name} failed`,
}

/** Tells what happened to a server while another page was open. */
export function Notices() {
  const { store } = useCore()
  const [location, go] = useLocation()
  const here = useRef(location)
  here.current = location
  useEffect(
    () =>
      store.subscribe((state, before) => {
        if (!state.servers || !before.servers || state.servers === before.servers) return
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
  return <Notifications position="bottom-right" autoClose={6000} transitionDuration={140} />
}
