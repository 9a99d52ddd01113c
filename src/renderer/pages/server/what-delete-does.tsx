import { BIN_KEEPS_PORT_MS } from '../../../shared/bin.ts'
import type { Server } from '../../../shared/model.ts'
import styles from './server.module.css'

const days = Math.round(BIN_KEEPS_PORT_MS / (24 * 60 * 60_000))

/** Says before Move to bin is pressed what goes and what stays. */
export function WhatDeleteDoes({ server }: { server: Server }) {
  const saved = server.status === 'online' ? ' Players are disconnected; the world is saved first.' : ''
  return (
    <ul className={styles.points}>
      <li>The server stops and its container is removed.{saved}</li>
      <li>World, passwords and settings stay in the bin until you delete them there for good.</li>
      <li>
        Port {server.port} is kept for it for {days} days.
      </li>
    </ul>
  )
}
