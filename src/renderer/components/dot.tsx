import styles from './dot.module.css'

export type DotTone = 'online' | 'busy' | 'waiting' | 'idle' | 'failed'

/** The dot before a status word; never stands alone. */
export function Dot({ tone, moving = false }: { tone: DotTone; moving?: boolean }) {
  return <span aria-hidden className={styles.dot} data-tone={tone} data-moving={moving || undefined} />
}
