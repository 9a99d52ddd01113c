import { Button, TextInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import type { FoundVolume } from '../../../shared/adoption.ts'
import { DialogForm, FormDialog } from '../../components/form-dialog.tsx'
import { ProblemNotice } from '../../components/notice.tsx'
import { useAction } from '../../components/use-action.ts'
import { useClient } from '../../store/store.ts'

interface Props {
  /** Null before the first time. */
  volume: FoundVolume | null
  opened: boolean
  onClose(): void
  onGone(): void
}

/** The last question before a world is destroyed: its volume's name, typed by a person. */
export function RemoveVolumeDialog({ volume, opened, onClose, onGone }: Props) {
  return (
    <FormDialog opened={opened} onClose={onClose} onGone={onGone} title="Delete this world for good?">
      {volume && <RemoveVolumeForm name={volume.name} onClose={onClose} />}
    </FormDialog>
  )
}

function RemoveVolumeForm({ name, onClose }: { name: string; onClose(): void }) {
  const client = useClient()
  const action = useAction()
  const [typed, setTyped] = useState('')
  const matches = typed.trim() === name
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (!matches) return
    void action.run(async () => {
      await client.found.removeVolume({ volume: name, confirm: name })
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
        The volume is destroyed with the world in it. <strong>It can’t be brought back.</strong>
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
