import { Button, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useDisclosure } from '@mantine/hooks'
import { useRef } from 'react'
import type { Server } from '../../../shared/model.ts'
import { focusWrong } from '../../components/field-errors.ts'
import { Fold } from '../../components/fold.tsx'
import { DialogForm, FormDialog } from '../../components/form-dialog.tsx'
import { MemoryField } from '../../components/memory-field.tsx'
import { ProblemNotice } from '../../components/notice.tsx'
import { useAction } from '../../components/use-action.ts'
import { problemOf } from '../../problem.ts'
import { useApp, useClient } from '../../store/store.ts'
import { AdvancedFields } from './advanced-fields.tsx'
import {
  type EditErrors,
  type EditValues,
  editErrors,
  editStart,
  isAdvanced,
  readEdit,
} from './edit-values.ts'
import { editWords } from './edit-words.ts'

interface FormProps {
  server: Server
  onClose(): void
  /** The field that has the focus first. */
  focus?: 'name' | 'memory'
}

/** What can be changed about a server that exists. */
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
  const form = useForm<EditValues>({ initialValues: editStart(server) })
  const [advanced, fold] = useDisclosure(false)
  const frame = useRef<HTMLFormElement>(null)
  const action = useAction()

  const refuse = (errors: EditErrors) => {
    form.setErrors(errors)
    if (isAdvanced(errors)) fold.open()
    focusWrong(frame.current)
  }
  const submit = form.onSubmit((values) => {
    const { changes, errors } = readEdit(values, server)
    if (!changes) return refuse(errors)
    if (!Object.keys(changes).length) return onClose()
    void action.run(async () => {
      try {
        putServer(await client.servers.update({ id: server.id, ...changes }))
        onClose()
      } catch (error) {
        const { fields, other } = editErrors(problemOf(error), values.variables)
        refuse(fields)
        if (other) throw error
      }
    })
  })
  const { changes } = readEdit(form.values, server)
  return (
    <DialogForm
      ref={frame}
      onSubmit={submit}
      problem={action.problem && <ProblemNotice problem={action.problem} onClose={action.dismiss} />}
      what={<p>{changes ? editWords(changes, server).join(' ') : 'Some fields are not right yet.'}</p>}
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
        own={server.memory}
        autoFocus={focus === 'memory'}
        onChange={(size) => form.setFieldValue('memory', size)}
      />
      <Fold title="Type, version, address and variables" opened={advanced} onToggle={fold.toggle}>
        <AdvancedFields form={form} server={server} />
      </Fold>
    </DialogForm>
  )
}
