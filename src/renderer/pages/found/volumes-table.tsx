import { Button, VisuallyHidden } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { useId, useState } from 'react'
import type { FoundVolume } from '../../../shared/adoption.ts'
import { Ago } from '../../components/ago.tsx'
import { formatBytes } from '../../components/format.ts'
import { takeLostFocus } from '../../components/lost-focus.ts'
import table from '../../components/table.module.css'
import styles from './found.module.css'
import { RemoveVolumeDialog } from './remove-volume-dialog.tsx'
import { UseVolumeDialog } from './use-volume-dialog.tsx'

/** Worlds of ours that no server stands for; nothing while there is none. */
export function VolumesTable({ volumes }: { volumes: FoundVolume[] }) {
  const id = useId()
  // Kept while a dialog fades, and when the row it came from is gone.
  const [chosen, setChosen] = useState<FoundVolume | null>(null)
  const [using, use] = useDisclosure(false)
  const [removing, remove] = useDisclosure(false)
  const ask = (volume: FoundVolume, dialog: { open(): void }) => {
    setChosen(volume)
    dialog.open()
  }
  const gone = () => takeLostFocus()
  return (
    <>
      {volumes.length > 0 && (
        <section className={`card ${styles.group}`} aria-labelledby={id}>
          <h2 id={id} className={styles.title}>
            Worlds without a server
          </h2>
          <div className={table.frame}>
            <table className={`${table.table} ${styles.found}`} aria-labelledby={id}>
              <thead>
                <tr>
                  <th scope="col">Volume</th>
                  <th scope="col" className={styles.created}>
                    Created
                  </th>
                  <th scope="col" className={styles.size}>
                    Size
                  </th>
                  <th scope="col" className={styles.actions}>
                    <VisuallyHidden>Actions</VisuallyHidden>
                  </th>
                </tr>
              </thead>
              <tbody>
                {volumes.map((volume) => (
                  <VolumeRow
                    key={volume.name}
                    volume={volume}
                    onUse={() => ask(volume, use)}
                    onRemove={() => ask(volume, remove)}
                  />
                ))}
              </tbody>
            </table>
          </div>
        </section>
      )}
      <UseVolumeDialog volume={chosen} opened={using} onClose={use.close} onGone={gone} />
      <RemoveVolumeDialog volume={chosen} opened={removing} onClose={remove.close} onGone={gone} />
    </>
  )
}

interface RowProps {
  volume: FoundVolume
  onUse(): void
  onRemove(): void
}

function VolumeRow({ volume: { name, createdAt, bytes }, onUse, onRemove }: RowProps) {
  return (
    <tr>
      <th scope="row" className={`mono ${table.name}`} title={name}>
        {name}
      </th>
      <td className={`secondary ${styles.created}`}>{createdAt === null ? '–' : <Ago at={createdAt} />}</td>
      <td className={`numbers ${styles.size}`}>{bytes === null ? '–' : formatBytes(bytes)}</td>
      <td>
        <div className={styles.buttons}>
          <Button variant="default" aria-label={`Use ${name} for a new server…`} onClick={onUse}>
            Use for a new server…
          </Button>
          <Button variant="default" className="danger" aria-label={`Delete ${name}…`} onClick={onRemove}>
            Delete…
          </Button>
        </div>
      </td>
    </tr>
  )
}
