import { Button, Skeleton } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { useState } from 'react'
import type { DataBackup } from '../../../shared/data.ts'
import { takeLostFocus } from '../../components/lost-focus.ts'
import { ProblemNotice } from '../../components/notice.tsx'
import { useAction } from '../../components/use-action.ts'
import { useLoaded } from '../../components/use-loaded.ts'
import { useApp, useClient } from '../../store/store.ts'
import { DataCopies } from './data-copies.tsx'
import { ExportDialog } from './export-dialog.tsx'
import { GoBackDialog } from './go-back-dialog.tsx'
import { Section } from './section.tsx'
import styles from './settings.module.css'

/** LightNode's own database: its copies, the way back to one, and its export. */
export function DataSection() {
  const client = useClient()
  const revision = useApp((state) => state.dataRevision)
  const [asked, setAsked] = useState(0)
  const copies = useLoaded(() => client.data.backups({}), `${revision}/${asked}`)
  const action = useAction()
  const [exporting, exportDialog] = useDisclosure(false)
  // Kept while the dialog fades.
  const [chosen, setChosen] = useState<DataBackup | null>(null)
  const [going, goDialog] = useDisclosure(false)

  const backUp = () =>
    void action
      .run(async () => {
        await client.data.backUp({})
        setAsked((count) => count + 1)
      })
      .then(() => takeLostFocus())
  const wrong = action.problem ?? copies.problem
  return (
    <Section
      anchor="data"
      title="LightNode’s data"
      about="Servers, ports and passwords, without the worlds. Copied every day and before every update; the newest 14 copies stay."
    >
      <div className={styles.buttons}>
        <Button variant="default" loading={action.busy} onClick={backUp}>
          Back up now
        </Button>
        <Button variant="default" onClick={exportDialog.open}>
          Export…
        </Button>
      </div>
      {wrong && <ProblemNotice problem={wrong} {...(action.problem && { onClose: action.dismiss })} />}
      {copies.value ? (
        <DataCopies
          copies={copies.value}
          onGoBack={(copy) => {
            setChosen(copy)
            goDialog.open()
          }}
        />
      ) : (
        !copies.problem && <Skeleton height={88} role="status" aria-label="Loading copies" />
      )}
      <ExportDialog opened={exporting} onClose={exportDialog.close} />
      <GoBackDialog copy={chosen} opened={going} onClose={goDialog.close} onGone={() => takeLostFocus()} />
    </Section>
  )
}
