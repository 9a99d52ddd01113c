import type { ReactNode } from 'react'
import styles from './empty.module.css'

interface Props {
  icon: ReactNode
  title: string
  /** What belongs here, in a sentence. */
  children: ReactNode
  action?: ReactNode
}

/** A page with nothing to list yet. */
export function Empty({ icon, title, children, action }: Props) {
  return (
    <div className={styles.empty}>
      {icon}
      <h2>{title}</h2>
      <p className="secondary">{children}</p>
      {action}
    </div>
  )
}
