import { useId } from 'react'
import type { FoundContainer } from '../../../shared/adoption.ts'
import { State } from './containers-table.tsx'
import styles from './found.module.css'
import { refusalWords } from './found-words.ts'

/** Containers that stay as they are, each with the reason; nothing while there is none. */
export function LeftAlone({ containers }: { containers: FoundContainer[] }) {
  const id = useId()
  if (!containers.length) return null
  return (
    <section className={`card ${styles.group}`} aria-labelledby={id}>
      <h2 id={id} className={styles.title}>
        Left alone
      </h2>
      <ul className={styles.alone}>
        {containers.map((container) => (
          <li key={container.id}>
            <span className={styles.aloneName}>{container.name}</span>
            <State running={container.running} />
            <span className="secondary">{refusalWords(container)}</span>
          </li>
        ))}
      </ul>
    </section>
  )
}
