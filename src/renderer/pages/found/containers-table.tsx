import { Button, VisuallyHidden } from '@mantine/core'
import { useId } from 'react'
import type { FoundContainer } from '../../../shared/adoption.ts'
import dot from '../../components/dot.module.css'
import { Dot } from '../../components/dot.tsx'
import table from '../../components/table.module.css'
import styles from './found.module.css'

interface Props {
  title: string
  containers: FoundContainer[]
  onAdopt(container: FoundContainer): void
}

/** Containers that can be taken over; nothing while there is none. */
export function ContainersTable({ title, containers, onAdopt }: Props) {
  const id = useId()
  if (!containers.length) return null
  return (
    <section className={`card ${styles.group}`} aria-labelledby={id}>
      <h2 id={id} className={styles.title}>
        {title}
      </h2>
      <div className={table.frame}>
        <table className={`${table.table} ${styles.found}`} aria-labelledby={id}>
          <thead>
            <tr>
              <th scope="col">Container</th>
              <th scope="col" className={styles.image}>
                Image
              </th>
              <th scope="col" className={styles.ports}>
                Ports
              </th>
              <th scope="col" className={styles.state}>
                State
              </th>
              <th scope="col" className={styles.action}>
                <VisuallyHidden>Actions</VisuallyHidden>
              </th>
            </tr>
          </thead>
          <tbody>
            {containers.map((container) => (
              <ContainerRow key={container.id} container={container} onAdopt={() => onAdopt(container)} />
            ))}
          </tbody>
        </table>
      </div>
    </section>
  )
}

function ContainerRow({ container, onAdopt }: { container: FoundContainer; onAdopt(): void }) {
  const { name, image, ports, composeProject } = container
  return (
    <tr>
      <th scope="row" className={table.name} title={name}>
        {name}
        {composeProject && (
          <span className={styles.compose} title={`Managed by the compose project ${composeProject}`}>
            compose: {composeProject}
          </span>
        )}
      </th>
      <td className={`secondary ${table.name} ${styles.image}`} title={image}>
        {image}
      </td>
      <td className={`mono ${table.name}`}>{ports.join(', ') || '–'}</td>
      <td>
        <State running={container.running} />
      </td>
      <td>
        <Button variant="default" aria-label={`Adopt ${name}…`} onClick={onAdopt}>
          Adopt…
        </Button>
      </td>
    </tr>
  )
}

/** Whether a container runs: a dot and a word. */
export function State({ running }: { running: boolean }) {
  return (
    <span className={dot.line}>
      <Dot tone={running ? 'online' : 'idle'} />
      {running ? 'Runs' : 'Stopped'}
    </span>
  )
}
