import { CloseButton } from '@mantine/core'
import { IconAlertTriangle, IconInfoCircle } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import type { Problem } from '../problem.ts'
import styles from './notice.module.css'

interface NoticeProps {
  tone: 'failed' | 'waiting' | 'plain'
  title: string
  children?: ReactNode
  /** Buttons that mend it. */
  actions?: ReactNode
  onClose?: (() => void) | undefined
}

/** What happened, what it means and the button that mends it, in the place where it happened. */
export function Notice({ tone, title, children, actions, onClose }: NoticeProps) {
  const Icon = tone === 'plain' ? IconInfoCircle : IconAlertTriangle
  return (
    <div
      className={styles.notice}
      data-short={!children || undefined}
      data-tone={tone}
      role={tone === 'failed' ? 'alert' : 'status'}
    >
      <Icon className={styles.icon} size={16} stroke={1.75} aria-hidden />
      <div className={styles.body}>
        <p className={styles.title}>{title}</p>
        {children && <div className={styles.text}>{children}</div>}
        {actions && <div className={styles.actions}>{actions}</div>}
      </div>
      {onClose && <CloseButton size="sm" aria-label="Dismiss" onClick={onClose} />}
    </div>
  )
}

interface ProblemProps {
  problem: Pick<Problem, 'message' | 'remedy'> & { reference?: string | null }
  actions?: ReactNode
  onClose?: () => void
}

/** A problem of the core in its own words. */
export function ProblemNotice({ problem, actions, onClose }: ProblemProps) {
  return (
    <Notice tone="failed" title={problem.message} actions={actions} onClose={onClose}>
      {problem.remedy}
      {problem.reference && (
        <>
          {' '}
          Id: <code>{problem.reference}</code>
        </>
      )}
    </Notice>
  )
}
