import { Modal } from '@mantine/core'
import type { FormEventHandler, ReactNode, Ref } from 'react'
import styles from './form-dialog.module.css'

interface DialogProps {
  opened: boolean
  onClose(): void
  title: string
  children: ReactNode
  /** Once it is out of sight. */
  onGone?: () => void
}

/** A dialog that holds a form; its fields start afresh each time it opens. */
export function FormDialog({ opened, onClose, title, children, onGone }: DialogProps) {
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      {...(onGone && { onExitTransitionEnd: onGone })}
      title={title}
      size={480}
      centered
      padding={0}
      classNames={{
        content: styles.content ?? '',
        header: styles.header ?? '',
        title: styles.title ?? '',
        body: styles.body ?? '',
      }}
    >
      {children}
    </Modal>
  )
}

interface FormProps {
  ref?: Ref<HTMLFormElement>
  onSubmit: FormEventHandler<HTMLFormElement>
  children: ReactNode
  /** Over the buttons: what belongs to no field. */
  problem?: ReactNode
  /** Beside the buttons: what they will do. */
  what: ReactNode
  buttons: ReactNode
}

/** Fields that scroll, over a foot that doesn't. */
export function DialogForm({ ref, onSubmit, children, problem, what, buttons }: FormProps) {
  return (
    <form ref={ref} onSubmit={onSubmit} noValidate className={styles.form}>
      <div className={styles.fields}>{children}</div>
      <footer className={styles.footer}>
        {problem}
        <div className={styles.footRow}>
          <div className={styles.what}>{what}</div>
          <div className={styles.buttons}>{buttons}</div>
        </div>
      </footer>
    </form>
  )
}
