import { Button } from '@mantine/core'
import { IconCheck } from '@tabler/icons-react'
import { type ReactNode, useEffect, useId, useState } from 'react'
import styles from './settings.module.css'

/** The element that `/settings/<anchor>` leads to. */
export const anchorId = (anchor: string): string => `settings-${anchor}`

/** One subject: its name and what it is about on the left, what can be set on the right. */
export function Section({
  title,
  about,
  anchor,
  children,
}: {
  title: string
  /** The address `/settings/<anchor>` leads to it. */
  anchor?: string
  about: ReactNode
  children: ReactNode
}) {
  const id = useId()
  return (
    <section
      className={styles.section}
      aria-labelledby={id}
      {...(anchor && { id: anchorId(anchor), tabIndex: -1 })}
    >
      <div className={styles.about}>
        <h2 id={id}>{title}</h2>
        <p>{about}</p>
      </div>
      <div className={`card ${styles.content}`}>{children}</div>
    </section>
  )
}

interface SaveProps {
  /** What is saved, for the accessible name: "public address". */
  what: string
  busy: boolean
  /** Counts up with each success. */
  saved: number
  disabled: boolean
}

const shown = 1500

/** Saves a small form and says so for a moment. */
export function SaveButton({ what, busy, saved, disabled }: SaveProps) {
  const [fresh, setFresh] = useState(false)
  useEffect(() => {
    if (!saved) return
    setFresh(true)
    const timer = setTimeout(() => setFresh(false), shown)
    return () => clearTimeout(timer)
  }, [saved])
  return (
    <div className={styles.save}>
      <Button type="submit" variant="default" aria-label={`Save ${what}`} loading={busy} disabled={disabled}>
        Save
      </Button>
      <span className={styles.saved} role="status">
        {fresh && (
          <>
            <IconCheck size={14} stroke={2} aria-hidden /> Saved
          </>
        )}
      </span>
    </div>
  )
}
