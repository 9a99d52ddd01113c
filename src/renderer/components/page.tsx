import { type ReactNode, useEffect } from 'react'
import { LookOnlyBanner } from './look-only-banner.tsx'
import { LostNotice } from './lost-notice.tsx'
import styles from './page.module.css'

interface Props {
  title: string
  /** Beside the title: a count, or a status. */
  aside?: ReactNode
  /** The page's primary action. */
  action?: ReactNode
  /** Over the title: the way back. */
  above?: ReactNode
  children: ReactNode
}

/** A page: title and count on the left, its primary action on the right, then its content. */
export function Page({ title, aside, action, above, children }: Props) {
  useEffect(() => {
    document.title = `${title} · LightNode`
  }, [title])
  return (
    <div className={styles.page}>
      {above}
      <header className={styles.header}>
        <h1 className={styles.title}>{title}</h1>
        {aside && <div className={styles.aside}>{aside}</div>}
        {action && <div className={styles.action}>{action}</div>}
      </header>
      <LostNotice />
      <LookOnlyBanner />
      {children}
    </div>
  )
}
