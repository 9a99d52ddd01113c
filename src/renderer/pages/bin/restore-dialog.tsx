import { Button, TextInput } from '@mantine/core'
import { type FormEvent, useRef, useState } from 'react'
import type { BinEntry } from '../../../shared/bin.ts'
import { nameSchema } from '../../../shared/fields.ts'
import { fieldErrors, focusWrong } from '../../components/field-errors.ts'
import { DialogForm, FormDialog } from '../../components/form-dialog.tsx'
import { ProblemNotice } from '../../components/notice.tsx'
import { useAction } from '../../components/use-action.ts'
import { problemOf } from '../../problem.ts'
import { useRestore } from './use-restore.ts'

interface FormProps {
  entry: BinEntry
  onClose(): void
}

/** Asks for another name: a server in use has taken the one of the deleted server. */
export function RestoreDialog({ opened, onGone, ...props }: FormProps & { opened: boolean; onGone(): void }) {
  return (
    <FormDialog opened={opened} onClose={props.onClose} onGone={onGone} title={`Restore ${props.entry.name}`}>
      <RestoreForm {...props} />
    </FormDialog>
  )
}

const isName = (name: unknown): name is 'name' => name === 'name'

function RestoreForm({ entry, onClose }: FormProps) {
  const restore = useRestore(entry)
  const action = useAction()
  const frame = useRef<HTMLFormElement>(null)
  const [name, setName] = useState(entry.name)
  const [wrong, setWrong] = useState<string | null>(null)

  const refuse = (message: string | null) => {
    setWrong(message)
    if (message) focusWrong(frame.current)
  }
  const submit = (event: FormEvent) => {
    event.preventDefault()
    const parsed = nameSchema.safeParse(name)
    if (!parsed.success) return refuse(parsed.error.issues[0]?.message ?? null)
    void action.run(async () => {
      try {
        await restore(parsed.data)
        onClose()
      } catch (error) {
        const { fields, other } = fieldErrors(problemOf(error), isName, { NAME_TAKEN: 'name' })
        refuse(fields.name ?? null)
        if (other) throw error
      }
    })
  }
  return (
    <DialogForm
      ref={frame}
      onSubmit={submit}
      problem={action.problem && <ProblemNotice problem={action.problem} onClose={action.dismiss} />}
      what={<p>Starts it with the same world and the same password.</p>}
      buttons={
        <Button type="submit" loading={action.busy}>
          Restore
        </Button>
      }
    >
      <p>
        Another server is called <strong>{entry.name}</strong> now. Give this one a new name.
      </p>
      <TextInput
        label="Name"
        autoComplete="off"
        data-autofocus
        value={name}
        error={wrong}
        onFocus={(event) => event.currentTarget.select()}
        onChange={(event) => setName(event.currentTarget.value)}
      />
    </DialogForm>
  )
}
