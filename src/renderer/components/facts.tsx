import type { ReactNode } from 'react'
import styles from './facts.module.css'

/** Names and values under each other; a null value shows a dash. */
export function Facts({ children }: { children: ReactNode }) {
  return <dl className={styles.facts}>{children}</dl>
}

export function Fact({
  name,
  mono = false,
  children,
}: {
  name: string
  mono?: boolean
  children: ReactNode
}) {
  return (
    <>
      <dt>{name}</dt>
      <dd className={mono ? 'mono' : undefined}>{children ?? '–'}</dd>
    </>
  )
}
