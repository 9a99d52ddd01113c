import { Button, TextInput } from '@mantine/core'
import { type FormEvent, type ReactNode, useState } from 'react'
import { DialogForm } from './form-dialog.tsx'
import { ProblemNotice } from './notice.tsx'
import { useAction } from './use-action.ts'

interface DeleteForGoodProps {
  /** What has to be typed. */
  name: string
  /** Does it; a rejection is shown and the question stays. */
  remove(): Promise<unknown>
  onClose(): void
  /** What is destroyed. */
  children: ReactNode
}

/** The last question before a world is destroyed: its name, typed by a person. */
export function DeleteForGoodForm({ name, remove, onClose, children }: DeleteForGoodProps) {
  const action = useAction()
  const [typed, setTyped] = useState('')
  const matches = typed.normalize('NFC').trim() === name
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (!matches) return
    void action.run(async () => {
      await remove()
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
      {children}
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
