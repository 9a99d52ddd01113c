import { Button, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useRef } from 'react'
import type { Server } from '../../../shared/model.ts'
import { focusWrong } from '../../components/field-errors.ts'
import { DialogForm, FormDialog } from '../../components/form-dialog.tsx'
import { MemoryField } from '../../components/memory-field.tsx'
import { ProblemNotice } from '../../components/notice.tsx'
import { useAction } from '../../components/use-action.ts'
import { problemOf } from '../../problem.ts'
import { useApp, useClient } from '../../store/store.ts'
import { type EditValues, editErrors, readEdit } from './edit-values.ts'

interface FormProps {
  server: Server
  onClose(): void
  /** The field that has the focus first. */
  focus?: keyof EditValues
}

/** Name and memory of a server that exists. */
export function EditDialog({ opened, ...props }: FormProps & { opened: boolean }) {
  return (
    <FormDialog opened={opened} onClose={props.onClose} title={`Edit ${props.server.name}`}>
      <EditForm {...props} />
    </FormDialog>
  )
}

function EditForm({ server, onClose, focus = 'name' }: FormProps) {
  const client = useClient()
  const putServer = useApp((state) => state.putServer)
  const { id, name, memory, status } = server
  const form = useForm<EditValues>({ initialValues: { name, memory } })
  const frame = useRef<HTMLFormElement>(null)
  const action = useAction()
  const running = status === 'online' || status === 'starting'

  const submit = form.onSubmit((values) => {
    const { changes, errors } = readEdit(values, server)
    if (!changes) {
      form.setErrors(errors)
      focusWrong(frame.current)
      return
    }
    if (!Object.keys(changes).length) return onClose()
    void action.run(async () => {
      try {
        putServer(await client.servers.update({ id, ...changes }))
        onClose()
      } catch (error) {
        const { fields, other } = editErrors(problemOf(error))
        form.setErrors(fields)
        focusWrong(frame.current)
        if (other) throw error
      }
    })
  })
  return (
    <DialogForm
      ref={frame}
      onSubmit={submit}
      problem={action.problem && <ProblemNotice problem={action.problem} onClose={action.dismiss} />}
      what={
        <p>
          The name changes at once.{' '}
          {running ? 'Memory takes effect at the next start.' : 'The next start uses this memory.'}
        </p>
      }
      buttons={
        <Button type="submit" loading={action.busy}>
          Save changes
        </Button>
      }
    >
      <TextInput
        label="Name"
        autoComplete="off"
        data-autofocus={focus === 'name' || undefined}
        {...form.getInputProps('name')}
      />
      <MemoryField
        value={form.values.memory}
        error={form.errors.memory}
        own={memory}
        autoFocus={focus === 'memory'}
        onChange={(size) => form.setFieldValue('memory', size)}
      />
    </DialogForm>
  )
}
