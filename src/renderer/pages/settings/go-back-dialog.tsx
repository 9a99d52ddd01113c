import { Button, Skeleton } from '@mantine/core'
import type { FormEvent } from 'react'
import { useLocation } from 'wouter'
import type { DataBackup, DataComparison } from '../../../shared/data.ts'
import { DialogForm, FormDialog } from '../../components/form-dialog.tsx'
import { formatExact } from '../../components/format.ts'
import { ProblemNotice } from '../../components/notice.tsx'
import { useAction } from '../../components/use-action.ts'
import { useLoaded } from '../../components/use-loaded.ts'
import { useApp, useClient } from '../../store/store.ts'
import { isSame } from './data-words.ts'
import styles from './settings.module.css'

interface Props {
  /** Null before the first time. */
  copy: DataBackup | null
  opened: boolean
  onClose(): void
  onGone(): void
}

/** What going back to a copy of the database would change, before it does. */
export function GoBackDialog({ copy, opened, onClose, onGone }: Props) {
  return (
    <FormDialog opened={opened} onClose={onClose} onGone={onGone} title="Go back to a copy?">
      {copy && <GoBackForm copy={copy} onClose={onClose} />}
    </FormDialog>
  )
}

function GoBackForm({ copy, onClose }: { copy: DataBackup; onClose(): void }) {
  const { name, at } = copy
  const client = useClient()
  const setData = useApp((state) => state.setData)
  const { value, problem } = useLoaded(() => client.data.compare({ name }), name)
  const [, go] = useLocation()
  const action = useAction()
  const submit = (event: FormEvent) => {
    event.preventDefault()
    void action.run(async () => {
      setData(await client.data.restore({ name }))
      onClose()
      // Where there is most to look at, and the way to confirm.
      go('/')
    })
  }
  return (
    <DialogForm
      onSubmit={submit}
      problem={action.problem && <ProblemNotice problem={action.problem} onClose={action.dismiss} />}
      what={<p>LightNode then only looks until you confirm.</p>}
      buttons={
        <>
          <Button variant="default" data-autofocus onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" disabled={!value} loading={action.busy}>
            Go back
          </Button>
        </>
      }
    >
      <p>
        Servers, ports and passwords become what they were on <strong>{formatExact(at)}</strong>. Worlds and
        containers are not touched, and what is there now is copied first.
      </p>
      {problem && <ProblemNotice problem={problem} />}
      {value && <Comparison comparison={value} />}
      {!value && !problem && <Skeleton height={88} role="status" aria-label="Comparing" />}
    </DialogForm>
  )
}

function Comparison({ comparison }: { comparison: DataComparison }) {
  if (isSame(comparison)) return <p className="secondary">It knows the same servers, and nothing differs.</p>
  const { returning, forgotten, changed } = comparison
  return (
    <>
      <Names title="Come back" names={returning} />
      <Names title="Are forgotten; their containers and worlds stay" names={forgotten} />
      {changed.length > 0 && (
        <div className={styles.compared}>
          <h3>Change</h3>
          <ul>
            {changed.map(({ name, differences }) => (
              <li key={name}>
                {name}
                <p className="secondary small">{differences.join(' ')}</p>
              </li>
            ))}
          </ul>
        </div>
      )}
    </>
  )
}

function Names({ title, names }: { title: string; names: string[] }) {
  if (!names.length) return null
  return (
    <div className={styles.compared}>
      <h3>{title}</h3>
      <ul>
        {names.map((name) => (
          <li key={name}>{name}</li>
        ))}
      </ul>
    </div>
  )
}
