import type { ReactNode } from 'react'
import styles from './entry-card.module.css'
import { LogoMark } from './logo.tsx'

/** The one card of a page that stands outside the frame: signing in, a server's panel. */
export function EntryCard({ title, children }: { title: string; children: ReactNode }) {
  return (
    <main className={styles.page}>
      <div className={`card ${styles.card}`}>
        <LogoMark size={26} />
        <h1 className={styles.title}>{title}</h1>
        {children}
      </div>
    </main>
  )
}
