import { Button, TextInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import type { BinEntry } from '../../../shared/bin.ts'
import { DialogForm, FormDialog } from '../../components/form-dialog.tsx'
import { ProblemNotice } from '../../components/notice.tsx'
import { useAction } from '../../components/use-action.ts'
import { useClient } from '../../store/store.ts'

interface DialogProps {
  /** Null before the first time. */
  entry: BinEntry | null
  opened: boolean
  onClose(): void
  onGone(): void
}

/** The last question before a world is destroyed: the server's name, typed by a person. */
export function PurgeDialog({ entry, opened, onClose, onGone }: DialogProps) {
  return (
    <FormDialog
      opened={opened}
      onClose={onClose}
      onGone={onGone}
      title={`Delete ${entry?.name ?? 'it'} for good?`}
    >
      {entry && <PurgeForm entry={entry} onClose={onClose} />}
    </FormDialog>
  )
}

function PurgeForm({ entry, onClose }: { entry: BinEntry; onClose(): void }) {
  const { id, name } = entry
  const client = useClient()
  const action = useAction()
  const [typed, setTyped] = useState('')
  const matches = typed.normalize('NFC').trim() === name

  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (!matches) return
    void action.run(async () => {
      await client.bin.purge({ id, name })
      onClose()
    })
  }
  return (
    <DialogForm
      onSubmit={submit}
      problem={action.problem && <ProblemNotice problem={action.problem} onClose={action.dismiss} />}
      what={null}
      buttons={
        <>
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" color="red" disabled={!matches} loading={action.busy}>
            Delete for good
          </Button>
        </>
      }
    >
      <p>
        The world is destroyed, with its passwords and settings. <strong>It can’t be brought back.</strong>
      </p>
      <p className="secondary small">
        Volume <code>{entry.volumeName}</code>
      </p>
      <TextInput
        label={
          <>
            Type <strong>{name}</strong> to confirm
          </>
        }
        autoComplete="off"
        spellCheck={false}
        data-autofocus
        value={typed}
        onChange={(event) => setTyped(event.currentTarget.value)}
      />
    </DialogForm>
  )
}
