import { Button } from '@mantine/core'
import { type FormEvent, useRef, useState } from 'react'
import { useLocation } from 'wouter'
import type { FoundVolume } from '../../../shared/adoption.ts'
import { NewServerFields } from '../../components/backups/new-server-fields.tsx'
import {
  type NewErrors,
  type NewValues,
  newErrors,
  readNew,
} from '../../components/backups/restore-values.ts'
import { focusWrong } from '../../components/field-errors.ts'
import { DialogForm, FormDialog } from '../../components/form-dialog.tsx'
import { ProblemNotice } from '../../components/notice.tsx'
import { useAction } from '../../components/use-action.ts'
import { problemOf } from '../../problem.ts'
import { useApp, useClient } from '../../store/store.ts'
import { nameOfVolume } from './found-words.ts'

interface Props {
  /** Null before the first time. */
  volume: FoundVolume | null
  opened: boolean
  onClose(): void
  onGone(): void
}

/** A new record for a world of ours that lost its own. */
export function UseVolumeDialog({ volume, opened, onClose, onGone }: Props) {
  return (
    <FormDialog opened={opened} onClose={onClose} onGone={onGone} title="Use a world for a new server">
      {volume && <UseVolumeForm volume={volume} onClose={onClose} />}
    </FormDialog>
  )
}

function UseVolumeForm({ volume, onClose }: { volume: FoundVolume; onClose(): void }) {
  const client = useClient()
  const putServer = useApp((state) => state.putServer)
  const [, go] = useLocation()
  const action = useAction()
  const frame = useRef<HTMLFormElement>(null)
  const [values, setValues] = useState<NewValues>({
    name: nameOfVolume(volume.name),
    memory: 2,
    acceptEula: false,
  })
  const [errors, setErrors] = useState<NewErrors>({})

  const refuse = (wrong: NewErrors) => {
    setErrors(wrong)
    focusWrong(frame.current)
  }
  const submit = (event: FormEvent) => {
    event.preventDefault()
    const { input, errors: wrong } = readNew(values)
    if (!input) return refuse(wrong)
    void action.run(async () => {
      try {
        const server = await client.found.adoptVolume({ volume: volume.name, ...input })
        putServer(server)
        onClose()
        go(`/servers/${server.id}`)
      } catch (error) {
        const { fields, other } = newErrors(problemOf(error))
        refuse(fields)
        if (other) throw error
      }
    })
  }
  return (
    <DialogForm
      ref={frame}
      onSubmit={submit}
      problem={action.problem && <ProblemNotice problem={action.problem} onClose={action.dismiss} />}
      what={<p>The server is Stopped; Start makes its container with this world.</p>}
      buttons={
        <Button type="submit" loading={action.busy}>
          Create server
        </Button>
      }
    >
      <p className="secondary small">
        Volume <code>{volume.name}</code>
      </p>
      <NewServerFields values={values} errors={errors} onChange={setValues} autoFocus />
    </DialogForm>
  )
}
