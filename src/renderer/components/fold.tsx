import { Collapse, UnstyledButton } from '@mantine/core'
import { IconChevronRight } from '@tabler/icons-react'
import { type ReactNode, useId } from 'react'
import styles from './fold.module.css'

interface Props {
  title: string
  opened: boolean
  onToggle(): void
  children: ReactNode
}

/** What few people need, folded under its title. */
export function Fold({ title, opened, onToggle, children }: Props) {
  const id = useId()
  return (
    <div>
      <UnstyledButton className={styles.toggle} aria-expanded={opened} aria-controls={id} onClick={onToggle}>
        <IconChevronRight size={15} stroke={1.75} aria-hidden className={styles.mark} />
        {title}
      </UnstyledButton>
      <Collapse expanded={opened} id={id} transitionDuration={140}>
        <div className={styles.inside}>{children}</div>
      </Collapse>
    </div>
  )
}
