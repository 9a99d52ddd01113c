import { type ServerStatus, statusTexts } from '../../shared/model.ts'
import styles from './dot.module.css'
import { Dot, type DotTone } from './dot.tsx'

const tones: Record<ServerStatus, DotTone> = {
  provisioning: 'busy',
  waiting: 'waiting',
  starting: 'busy',
  online: 'online',
  stopped: 'idle',
  failed: 'failed',
}

/** A server's status: a dot and a word. */
export function Status({ status }: { status: ServerStatus }) {
  return (
    <span className={styles.line}>
      <Dot tone={tones[status]} moving={status === 'provisioning' || status === 'starting'} />
      {statusTexts[status]}
    </span>
  )
}
