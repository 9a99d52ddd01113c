import { IconArrowLeft } from '@tabler/icons-react'
import { Link } from 'wouter'
import styles from './page.module.css'

/** Over a page's title: the way back to the servers. */
export function BackLink() {
  return (
    <Link href="/" className={styles.back ?? ''}>
      <IconArrowLeft size={14} stroke={1.75} aria-hidden />
      Back
    </Link>
  )
}
